using System.Diagnostics;
using Lathe.Cli;

namespace Lathe.FileTests;

/// <summary>The tool as a process that is told to stop.</summary>
public sealed class InterruptionTests
{
    /// <summary>SIGTERM is handled as SIGINT is; the latter may be ignored from the start in a process that a script runs.</summary>
    [Fact]
    public async Task An_interrupted_compile_leaves_no_half_written_file()
    {
        var workplace = Directory.CreateTempSubdirectory("lathe-stop-").FullName;
        try
        {
            var (dumps, output) = (Path.Combine(workplace, "dumps"), Path.Combine(workplace, "out"));
            // Enough steps that the passes take longer than the signal.
            var steps = string.Concat(Enumerable.Range(1, 400).Select(i => $"t{i} = Conv <pads = [1, 1, 1, 1]> (t{i - 1}, w)\n"));
            File.WriteAllBytes(Path.Combine(workplace, "net.onnx"), new OnnxSyntax($$"""
                <ir_version: 8, opset_import: ["": 17]>
                net (float[N, 1, A, B] t0) => (float[N, 1, A, B] t400) <float[1, 1, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}> { {{steps}} }
                """).Model());
            var tool = typeof(CommandLine).Assembly.Location;
            using var process = Process.Start(new ProcessStartInfo("dotnet", [tool, "compile", Path.Combine(workplace, "net.onnx"), "-o", output, "--dump-ir", dumps]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var printed = process.StandardError.ReadToEndAsync();
            for (var waited = 0; !File.Exists(Path.Combine(dumps, "00-import.lir")) && !process.HasExited && waited < 6000; waited++) await Task.Delay(10);
            TestCommand.Run($"kill -TERM {process.Id}");
            Assert.True(process.WaitForExit(60_000), "it goes on a minute after it was told to stop");
            Assert.Equal((int)ExitCode.Interrupted, process.ExitCode);
            Assert.Contains("LT0002", await printed, StringComparison.Ordinal);
            Assert.False(Directory.Exists(output), "an artifact was begun after the signal");
            Assert.DoesNotContain(Directory.GetFiles(workplace, "*", SearchOption.AllDirectories), path => path.EndsWith(".partial", StringComparison.Ordinal) || path.EndsWith(".part", StringComparison.Ordinal));
        }
        finally { Directory.Delete(workplace, recursive: true); }
    }
}
