using System.Globalization;
using System.Text.Json;
using Lathe.Cli;
using Lathe.Codegen.Llvm;

namespace Lathe.Compiler;

/// <summary>
/// Compiles a model inside this process: what <c>lathe compile</c> does, with errors as exceptions. libLLVM 19 and lld must be there, as
/// <c>lathe doctor</c> says. Compiles may run side by side; each uses all cores by itself.
/// </summary>
public static class ModelCompiler
{
    /// <summary>Compiles a model to a shared library, its header and its contract, or to a package.</summary>
    /// <param name="model">An .onnx file, a folder with model.onnx, or textual IR (.lir); a relative path is from the current folder of the process.</param>
    /// <param name="output">The folder for the files, made if it is not there; or a name that ends in <c>.lathe</c>, of a package.</param>
    /// <param name="options">What is not as <c>lathe compile</c> does it by itself; null: nothing.</param>
    /// <param name="cancellation">Ends the work between two steps; no half-written file is left.</param>
    /// <returns>The files that were written, and what the compile tells of itself.</returns>
    /// <exception cref="CompileException">The model, a file, an option or the machine is at fault: with all errors, each with its code. Nothing is written then.</exception>
    /// <exception cref="ArgumentException">The options ask for something else than an artifact: help, dumps on the console, a compile that stops on its way.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public static CompileResult Compile(string model, string output, CompileOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentException.ThrowIfNullOrEmpty(output);
        cancellation.ThrowIfCancellationRequested();
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        options ??= new();
        var session = new Session(report, TextWriter.Null, cancellation: cancellation) { Compiles = options.Cache ? ObjectCache.OfUser() : null };
        // What begins with a dash is an option to a command line, a path to this one.
        string[] words = ["compile", Path.GetFullPath(model), "--output-dir", Path.GetFullPath(output), "--json", .. options.Words()];
        var code = CommandLine.Run(words, session);
        if (code == ExitCode.Interrupted) throw new OperationCanceledException(cancellation);
        var messages = session.Reported.Select(CompileMessage.Of).ToList();
        if (code != ExitCode.Done) throw new CompileException(messages, code == ExitCode.Internal);
        return new(Files(report.ToString()), report.ToString(), messages);
    }

    /// <summary>The files that a report lists.</summary>
    private static List<string> Files(string report)
    {
        try
        {
            using var json = JsonDocument.Parse(report);
            if (json.RootElement.TryGetProperty("package", out var package)) return [package.GetString()!];
            return [.. json.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new ArgumentException($"the options ask for something else than an artifact of the model: {report.Split('\n')[0]}", e);
        }
    }
}
