using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lathe.Benchmarks;

/// <summary>
/// One of the two that are compared: a process with one model loaded that waits while the other runs. It reads lines, <c>run SECONDS</c> and
/// <c>quit</c>, and answers each with a line of JSON, as <c>ort-peer --stdin</c> does; what goes wrong in it, a crash or a hang, ends it alone.
/// </summary>
public sealed class Side : IDisposable
{
    /// <summary>A load, or five runs, that take longer hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly string saved;
    private readonly StringBuilder complaints = new();

    private Side(ProcessStartInfo start, string saved)
    {
        this.saved = saved;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => { lock (complaints) complaints.AppendLine(line.Data); };
        process.BeginErrorReadLine();
    }

    /// <summary>ONNX Runtime behind its C API.</summary>
    public static Side Peer(BenchModel model, int threads)
    {
        var saved = Folder();
        return Ready(new(PeerStart([model.Path, "--inputs", model.Inputs, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--save", saved, "--stdin"]), saved));
    }

    /// <summary>An artifact of ours, called through its C ABI by this program started once more.</summary>
    public static Side Ours(string library, BenchModel model, int threads)
    {
        var saved = Folder();
        return Ready(new(new(Places.Self, ["serve", library, model.Inputs, threads.ToString(CultureInfo.InvariantCulture), saved]), saved));
    }

    /// <summary>ONNX Runtime's outputs when it runs the graph as it stands, node by node: what its own optimiser changes is noise to be granted to others.</summary>
    public static IReadOnlyList<NpyFile> Unoptimised(BenchModel model)
    {
        var saved = Folder();
        using var side = new Side(PeerStart([model.Path, "--inputs", model.Inputs, "--opt", "none", "--seconds", "0", "--save", saved]), saved);
        return side.Ended().Select(NpyFile.Read).ToList();
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

    /// <summary>Ends it; the files of its outputs, in the model's order.</summary>
    public IReadOnlyList<string> Finish()
    {
        process.StandardInput.WriteLine("quit");
        process.StandardInput.Close();
        return Ended();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
        Directory.Delete(saved, recursive: true);
    }

    private static string Folder() => Directory.CreateTempSubdirectory("lathe-bench-").FullName;

    private static ProcessStartInfo PeerStart(IEnumerable<string> words)
    {
        var program = Path.Combine(Places.Peer, "ort-peer");
        if (!File.Exists(program)) throw new BenchmarkException("no peer: run tests/Benchmarks/peer.sh first");
        var start = new ProcessStartInfo(program, words);
        start.Environment["ORT_LIB"] = Path.Combine(Places.Peer, "libonnxruntime.so.1");
        return start;
    }

    private static Side Ready(Side side)
    {
        try
        {
            side.Answer();
            return side;
        }
        catch
        {
            side.Dispose();
            throw;
        }
    }

    private JsonElement Answer()
    {
        var line = process.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience)) throw Failure($"gives no answer for {Patience.TotalMinutes} minutes");
        if (line.Result is null)
        {
            process.WaitForExit();
            throw Failure($"ended with {process.ExitCode}");
        }
        using var json = JsonDocument.Parse(line.Result);
        return json.RootElement.Clone();
    }

    private IReadOnlyList<string> Ended()
    {
        if (!process.WaitForExit(Patience)) throw Failure("does not end");
        process.WaitForExit();
        if (process.ExitCode != 0) throw Failure($"ended with {process.ExitCode}");
        return [.. Enumerable.Range(0, Directory.GetFiles(saved).Length).Select(i => BenchModel.Numbered(saved, "output", i))];
    }

    private BenchmarkException Failure(string what)
    {
        lock (complaints) return new($"{Path.GetFileName(process.StartInfo.FileName)} {what}: {complaints.ToString().Trim().Split('\n')[0]}");
    }
}
