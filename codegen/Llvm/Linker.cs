using System.Diagnostics;

namespace Lathe.Codegen.Llvm;

/// <summary>Links objects into a shared library with a linker of the machine's.</summary>
public static class Linker
{
    /// <summary>Linkers in the order they are preferred; the last serves its own machine only.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ld.lld-19", "ld.lld", "ld.lld-20", "ld.lld-21", "ld.lld-22", "ld"];

    /// <summary>The linker that <see cref="Shared"/> takes for the architecture.</summary>
    /// <param name="chosen">What the user names (LATHE_LINKER): a path, or a name on the search path.</param>
    /// <param name="searchPath">Folders, in the form of PATH.</param>
    /// <exception cref="ToolMissingException">There is none.</exception>
    public static string Find(CpuArchitecture architecture, string? chosen, string searchPath)
    {
        var folders = searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? On(string name) => name.Contains('/', StringComparison.Ordinal) ? (File.Exists(name) ? name : null) : folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (!string.IsNullOrEmpty(chosen))
            return On(chosen) ?? throw new ToolMissingException($"link: LATHE_LINKER names '{chosen}', which is not here; unset it or give the path of a linker");
        var foreign = architecture != CpuTarget.Host.Architecture;
        string[] names = foreign ? [.. Names.Where(name => name != "ld"), $"{architecture.Name}-linux-gnu-ld"] : [.. Names];
        return names.Select(On).FirstOrDefault(path => path is not null) ?? throw new ToolMissingException(
            $"link: no linker{(foreign ? " for " + architecture.Name : "")} is here (looked for {string.Join(", ", names)} on the search path); install one with `apt-get install lld-19`, or set LATHE_LINKER to its path");
    }

    /// <summary>Links a shared library that needs libc and libm at most.</summary>
    /// <param name="soname">What programs linked against the library will look for.</param>
    /// <param name="exports">The only symbols seen from outside, whatever visibility the objects give.</param>
    /// <param name="linker">Its path; by default what <see cref="Find"/> finds.</param>
    /// <exception cref="ToolMissingException">No linker is here.</exception>
    /// <exception cref="LlvmException">A symbol is missing, or an export is: a bug of ours.</exception>
    /// <exception cref="IOException">The linker failed, on a full disk for instance.</exception>
    public static void Shared(IReadOnlyList<string> objectPaths, string outputPath, string soname, IReadOnlyList<string> exports, string? linker = null)
    {
        var objects = objectPaths.Select(ElfSymbols.Read).ToList();
        var architecture = objects[0].Architecture;
        var tool = linker ?? Find(architecture, Environment.GetEnvironmentVariable("LATHE_LINKER"), Environment.GetEnvironmentVariable("PATH") ?? "");
        var defined = objects.SelectMany(symbols => symbols.Defined).ToHashSet(StringComparer.Ordinal);
        var wanted = objects.SelectMany(symbols => symbols.Undefined).Where(symbol => !defined.Contains(symbol)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Require(soname, "is used and defined nowhere", wanted.Where(symbol => !SystemLibrary.All.Any(library => library.Functions.Contains(symbol))));
        Require(soname, "is exported and defined nowhere", exports.Where(symbol => !defined.Contains(symbol)));

        var scratch = Directory.CreateTempSubdirectory("lathe-link-").FullName;
        try
        {
            var script = Path.Combine(scratch, "exports");
            File.WriteAllText(script, $"{{ {(exports.Count > 0 ? $"global: {string.Join("; ", exports)};" : "")} local: *; }};\n");
            var libraries = SystemLibrary.All.Select(library => StandIn(tool, architecture, library, wanted, scratch)).OfType<string>().ToList();
            using var output = new OutputFile(outputPath);
            Run(tool,
            [
                "-shared", "-soname", soname, "-o", output.Partial, "--version-script", script, "-Bsymbolic",
                "-z", "noexecstack", "-z", "relro", "-z", "now", "-z", "defs", "--build-id=none", "--hash-style=both", "--eh-frame-hdr",
                .. objectPaths, .. libraries,
            ]);
            output.Commit();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Links a program that needs libc at most and begins at <c>_start</c>.</summary>
    /// <param name="loader">Path of the system's dynamic loader.</param>
    /// <exception cref="ToolMissingException">No linker is here.</exception>
    /// <exception cref="LlvmException">A symbol is missing: a bug of ours.</exception>
    /// <exception cref="IOException">The linker failed.</exception>
    public static void Program(IReadOnlyList<string> objectPaths, string outputPath, string loader)
    {
        var objects = objectPaths.Select(ElfSymbols.Read).ToList();
        var architecture = objects[0].Architecture;
        var tool = Find(architecture, Environment.GetEnvironmentVariable("LATHE_LINKER"), Environment.GetEnvironmentVariable("PATH") ?? "");
        var wanted = objects.SelectMany(symbols => symbols.Undefined).Except(objects.SelectMany(symbols => symbols.Defined)).ToList();
        Require(Path.GetFileName(outputPath), "is used and defined nowhere", wanted.Where(symbol => !SystemLibrary.ForPrograms.Functions.Contains(symbol)));
        var scratch = Directory.CreateTempSubdirectory("lathe-link-").FullName;
        try
        {
            var library = StandIn(tool, architecture, SystemLibrary.ForPrograms, wanted, scratch);
            using var output = new OutputFile(outputPath);
            Run(tool, ["-pie", "-e", "_start", "-dynamic-linker", loader, "-o", output.Partial, "-z", "noexecstack", "-z", "now", "--build-id=none", "--hash-style=both", .. objectPaths, .. library is null ? [] : (string[])[library]]);
            output.Commit();
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(outputPath, File.GetUnixFileMode(outputPath) | UnixFileMode.UserExecute);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Links an empty library that has a system library's name and the symbols wanted of it: enough for a linker to record both.</summary>
    private static string? StandIn(string tool, CpuArchitecture architecture, SystemLibrary library, IEnumerable<string> wanted, string scratch)
    {
        var symbols = wanted.Where(library.Functions.Contains).Select(symbol => new ElfSymbol(symbol, 0, 1, Hidden: false)).ToList();
        if (symbols.Count == 0) return null;
        var path = Path.Combine(scratch, library.Soname);
        File.WriteAllBytes(path + ".o", ElfObject.ToArray(architecture, [0], symbols));
        Run(tool, ["-shared", "-soname", library.Soname, "-o", path, "--build-id=none", path + ".o"]);
        return path;
    }

    private static void Require(string soname, string fault, IEnumerable<string> symbols)
    {
        var names = string.Join(", ", symbols);
        if (names.Length > 0) throw new LlvmException(soname, $"{names} {fault}");
    }

    private static void Run(string tool, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
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
