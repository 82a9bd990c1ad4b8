using System.Diagnostics;
using Lathe.Cli;

namespace Lathe.FileTests;

/// <summary>One command of a test, run in the current folder: the tool inside this process, everything else by the shell.</summary>
internal static class TestCommand
{
    private const string Tool = "lathe ", Pipe = " | ";

    /// <returns>What it printed, both streams in the order they came, and its exit code.</returns>
    public static (string Printed, int Code) Run(string command)
    {
        if (!command.StartsWith(Tool, StringComparison.Ordinal)) return Shell(command, "");
        var pipe = command.IndexOf(Pipe, StringComparison.Ordinal);
        var words = Words(pipe < 0 ? command : command[..pipe]);
        using var printed = new StringWriter();
        var code = (int)CommandLine.Run(words[1..], new Session(printed, printed));
        return (pipe < 0 ? printed.ToString() : Shell(command[(pipe + Pipe.Length)..], printed.ToString()).Printed, code);
    }

    /// <summary>Words between blanks; single quotes hold blanks together.</summary>
    private static string[] Words(string command) =>
        [.. command.Split('\'').SelectMany((part, i) => i % 2 == 0 ? part.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [part])];

    private static (string Printed, int Code) Shell(string command, string input)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec 2>&1; {command}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException) { } // a filter may have seen enough
        process.WaitForExit();
        return (output.Result, process.ExitCode);
    }
}
