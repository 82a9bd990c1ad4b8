using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.OnnxTests.Peer;

/// <summary>ONNX Runtime as a program of its own (shared/tools/ort-peer.c, built by tests/Benchmarks/peer.sh). No part of the product.</summary>
internal static class OrtPeer
{
    private static readonly string Folder = Path.Combine(Backend.BackendCases.Checkout, "artifacts", "peer");

    /// <summary>Why it cannot be asked; null where it can.</summary>
    public static string? Missing { get; } = File.Exists(Path.Combine(Folder, "ort-peer")) && File.Exists(Path.Combine(Folder, "libonnxruntime.so.1")) ? null
        : "ONNX Runtime is not in artifacts/peer; tests/Benchmarks/peer.sh fetches it";

    /// <summary>What ONNX Runtime computes, node by node as the model is written.</summary>
    /// <param name="inputs">By name.</param>
    /// <exception cref="InvalidOperationException">It refuses the model; with its reason.</exception>
    public static Tensor[] Run(string model, IEnumerable<(string Name, Tensor Contents)> inputs, string folder)
    {
        var (given, made) = (Directory.CreateDirectory(Path.Combine(folder, "given")).FullName, Path.Combine(folder, "made"));
        foreach (var (number, input) in inputs.Index()) Npy.Write(Path.Combine(given, $"input_{number}.npy"), input.Contents);
        var start = new ProcessStartInfo(Path.Combine(Folder, "ort-peer"), [model, "--inputs", given, "--save", made, "--seconds", "0", "--opt", "none", "--json", "--config", "session.x64quantprecision=1"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["ORT_LIB"] = Path.Combine(Folder, "libonnxruntime.so.1");
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var reason = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ONNX Runtime: {reason} {said.Result}");
        return [.. Directory.GetFiles(made).Order(StringComparer.Ordinal).Select(Npy.Read)];
    }
}
