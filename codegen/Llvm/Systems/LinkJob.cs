using System.Diagnostics;

namespace Lathe.Codegen.Llvm;

/// <summary>A shared library to be linked.</summary>
/// <param name="FindTool">Finds the linker, for those that need it.</param>
/// <param name="Architecture">Of the objects.</param>
/// <param name="Objects">Their paths.</param>
/// <param name="Output">Where the library goes.</param>
/// <param name="Name">What programs linked against it will look for.</param>
/// <param name="Exports">The only symbols seen from outside.</param>
/// <param name="Wanted">Symbols that system libraries must bring.</param>
/// <param name="Scratch">A folder for what it takes.</param>
internal sealed record LinkJob(Func<string> FindTool, CpuArchitecture Architecture, IReadOnlyList<string> Objects, string Output, string Name, IReadOnlyList<string> Exports, IReadOnlyList<string> Wanted, string Scratch)
{
    /// <summary>Of the objects: where the linker runs, so that it need not be told their folder.</summary>
    public string Folder => Path.GetFullPath(Path.GetDirectoryName(Objects.FirstOrDefault() ?? Scratch + "/") ?? ".");

    /// <summary>A file in the folder.</summary>
    public string File(string name) => Path.Combine(Scratch, name);

    public string File(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <exception cref="IOException">It failed, on a full disk for instance.</exception>
    public void Run(params IReadOnlyList<string> arguments)
    {
        var tool = FindTool();
        var start = new ProcessStartInfo(tool, arguments) { WorkingDirectory = Folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new IOException($"link: {tool} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        // A linker maps its output into memory; SIGBUS is how the system says that there is no disk behind a page.
        const int NoDisk = 128 + 7;
        if (process.ExitCode == NoDisk) throw new IOException($"link: No space left on device: {Path.GetFileName(tool)} could not write its output");
        if (process.ExitCode != 0) throw new IOException($"link: {Path.GetFileName(tool)} ended with {process.ExitCode}:\n{(errors + output.Result).Trim()}");
    }
}
