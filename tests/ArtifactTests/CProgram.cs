using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lathe.ArtifactTests;

/// <summary>A C or C++ program of the folder Programs or of docs: compiled with every warning an error, linked with libraries, run.</summary>
internal static class CProgram
{
    /// <summary>The folder Programs beside this file.</summary>
    public static string Source(string name) => Path.Combine(Here(), "Programs", name);

    /// <summary>A file of the repository.</summary>
    public static string Repository(params string[] path) => Path.Combine([Here(), "..", "..", .. path]);

    /// <summary>Compiles and links.</summary>
    /// <param name="source">A path; <c>.cpp</c> is C++.</param>
    /// <param name="output">The program.</param>
    /// <param name="headers">Folders of headers.</param>
    /// <param name="links">Libraries and options for the linker.</param>
    public static void Compile(string source, string output, IEnumerable<string> headers, params IEnumerable<string> links)
    {
        var (compiler, standard) = source.EndsWith(".cpp", StringComparison.Ordinal) ? ("g++", "-std=c++11") : ("gcc", "-std=c99");
        // The test programs use POSIX where C99 has no threads and no folders.
        string[] system = source.StartsWith(Path.Combine(Here(), "Programs"), StringComparison.Ordinal) ? ["-D_POSIX_C_SOURCE=200809L", "-I", Path.Combine(Here(), "Programs")] : [];
        Tool.Run(compiler, [standard, "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror", .. system, source, .. headers.SelectMany(folder => new[] { "-I", folder }), .. links, "-lm", "-o", output]);
    }

    /// <summary>Runs a program that must end with 0, and gives what it printed.</summary>
    public static string Run(string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(program)} ended with {process.ExitCode}\n{output}{errors.Result}");
        return output.TrimEnd();
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
