using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>ONNX Runtime with one model loaded, in a process of its own that waits while ours runs.</summary>
public sealed class Peer : IDisposable
{
    private readonly Process process;
    private readonly string saved;

    /// <summary>Milliseconds it took to load and optimise the model.</summary>
    public double LoadMilliseconds { get; }

    /// <summary>The library's version.</summary>
    public string Version { get; }

    public Peer(BenchModel model, int threads)
    {
        var program = Path.Combine(Places.Peer, "ort-peer");
        if (!File.Exists(program)) throw new BenchmarkException("no peer: run tests/Benchmarks/peer.sh first");
        saved = Directory.CreateTempSubdirectory("lathe-peer-").FullName;
        var start = new ProcessStartInfo(program,
            [model.Path, "--inputs", model.Inputs, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--save", saved, "--stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ORT_LIB"] = Path.Combine(Places.Peer, "libonnxruntime.so.1");
        process = Process.Start(start)!;
        var ready = Answer();
        LoadMilliseconds = ready.GetProperty("load_ms").GetDouble();
        Version = ready.GetProperty("version").GetString()!;
    }

    /// <summary>Runs for this long.</summary>
    public Timing Measure(double seconds)
    {
        process.StandardInput.WriteLine(FormattableString.Invariant($"run {seconds}"));
        process.StandardInput.Flush();
        var answer = Answer();
        return new(
            answer.GetProperty("min_ms").GetDouble(),
            answer.GetProperty("median_ms").GetDouble(),
            answer.GetProperty("p95_ms").GetDouble(),
            answer.GetProperty("runs").GetInt32());
    }

    /// <summary>Ends it; its outputs, in the model's order.</summary>
    public IReadOnlyList<NpyFile> Finish()
    {
        process.StandardInput.WriteLine("quit");
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new BenchmarkException($"ort-peer ended with {process.ExitCode}");
        return [.. Enumerable.Range(0, Directory.GetFiles(saved).Length).Select(i => NpyFile.Read(BenchModel.Numbered(saved, "output", i)))];
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
        Directory.Delete(saved, recursive: true);
    }

    private JsonElement Answer()
    {
        var line = process.StandardOutput.ReadLine() ?? throw new BenchmarkException("ort-peer ended early; its reason is above");
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }
}
