using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Links objects into a shared library with a linker of the machine's; what is particular to a system, its <see cref="TargetSystem"/> says.</summary>
public static class Linker
{
    /// <summary>The linker that <see cref="Shared"/> takes for an architecture.</summary>
    /// <param name="chosen">What the user names: a path, or a name on the search path.</param>
    /// <param name="searchPath">Folders, in the form of PATH.</param>
    /// <param name="system">By default Linux.</param>
    /// <exception cref="ToolMissingException">There is none.</exception>
    public static string Find(CpuArchitecture architecture, string? chosen, string searchPath, TargetSystem? system = null)
    {
        system ??= TargetSystem.Default;
        var folders = searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? On(string name) => name.Contains('/', StringComparison.Ordinal) ? (File.Exists(name) ? name : null) : folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (!string.IsNullOrEmpty(chosen))
            return On(chosen) ?? throw new ToolMissingException($"link: {system.LinkerVariable} names '{chosen}', which is not here; unset it or give the path of a linker");
        var foreign = architecture != CpuTarget.Host.Architecture;
        var names = system.Linkers(architecture, foreign);
        return names.Select(On).FirstOrDefault(path => path is not null) ?? throw new ToolMissingException(
            $"link: no linker{(foreign ? " for " + architecture.Name : "")} is here (looked for {string.Join(", ", names)} on the search path); install one with `apt-get install lld-19`, or set {system.LinkerVariable} to its path");
    }

    /// <summary>Links a shared library that needs libc and libm at most.</summary>
    /// <param name="soname">What programs linked against the library will look for.</param>
    /// <param name="exports">The only symbols seen from outside, whatever visibility the objects give.</param>
    /// <param name="linker">Its path; by default what <see cref="Find"/> finds.</param>
    /// <param name="system">By default Linux.</param>
    /// <exception cref="ToolMissingException">No linker is here.</exception>
    /// <exception cref="DiagnosticException">LT4003: the system lacks a function that the model needs.</exception>
    /// <exception cref="LlvmException">A symbol is missing, or an export is: a bug of ours.</exception>
    /// <exception cref="IOException">The linker failed, on a full disk for instance.</exception>
    public static void Shared(IReadOnlyList<string> objectPaths, string outputPath, string soname, IReadOnlyList<string> exports, string? linker = null, TargetSystem? system = null) =>
        Link(system ?? TargetSystem.Default, objectPaths, outputPath, soname, exports, (system ?? TargetSystem.Default).Libraries, linker, (system ?? TargetSystem.Default).Link);

    /// <summary>Links objects in memory as a system says, against one library.</summary>
    internal static void Write(TargetSystem system, IEnumerable<(string Name, byte[] Contents)> objects, string outputPath, IReadOnlyList<string> exports, IReadOnlyList<SystemLibrary> libraries, Action<LinkJob> link)
    {
        var scratch = Directory.CreateTempSubdirectory("lathe-objects-").FullName;
        try
        {
            var paths = objects.Select(o =>
            {
                var path = Path.Combine(scratch, o.Name);
                File.WriteAllBytes(path, o.Contents);
                return path;
            }).ToList();
            Link(system, paths, outputPath, Path.GetFileName(outputPath), exports, libraries, null, link);
        }
        finally { Directory.Delete(scratch, recursive: true); }
    }

    /// <summary>Writes what programs are linked with that load a shared library, where that is a file of its own.</summary>
    /// <exception cref="ToolMissingException">No linker is here.</exception>
    public static void Imports(CpuTarget target, string outputPath, string soname, IReadOnlyList<string> exports) =>
        Run(target.System, target.Architecture, [], outputPath, soname, exports, [], null, target.System.LinkImports);

    /// <summary>Writes objects into one static library; members keep the order and the file names of the objects.</summary>
    /// <exception cref="ToolMissingException">The system's archives take a linker, and none is here.</exception>
    /// <exception cref="InvalidDataException">A file is not an object.</exception>
    public static void Archive(CpuTarget target, IReadOnlyList<string> objectPaths, string outputPath) =>
        Run(target.System, target.Architecture, objectPaths, outputPath, "", [], [], null, target.System.LinkArchive);

    private static void Link(TargetSystem system, IReadOnlyList<string> objectPaths, string outputPath, string soname, IReadOnlyList<string> exports, IReadOnlyList<SystemLibrary> libraries, string? linker, Action<LinkJob> link)
    {
        var objects = objectPaths.Select(system.Symbols).ToList();
        var architecture = objects[0].Architecture;
        var defined = objects.SelectMany(symbols => symbols.Defined).ToHashSet(StringComparer.Ordinal);
        var wanted = objects.SelectMany(symbols => symbols.Undefined).Where(symbol => !defined.Contains(symbol)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var missing = wanted.Where(symbol => !libraries.Any(library => library.Functions.Contains(symbol))).ToList();
        if (missing.Count > 0 && missing.TrueForAll(SystemLibrary.Math.Functions.Contains))
            throw new DiagnosticException(new Diagnostic("LT4003", $"the model needs {string.Join(", ", missing)}, and {system.Name} has no such function", Remedy: "f64 arithmetic calls functions of the system: f32 has its own"));
        Require(soname, "is used and defined nowhere", missing);
        Require(soname, "is exported and defined nowhere", exports.Where(symbol => !defined.Contains(symbol)));

        Run(system, architecture, objectPaths, outputPath, soname, exports, wanted, linker, link);
    }

    private static void Run(TargetSystem system, CpuArchitecture architecture, IReadOnlyList<string> objectPaths, string outputPath, string soname, IReadOnlyList<string> exports, IReadOnlyList<string> wanted, string? linker, Action<LinkJob> link)
    {
        string Tool() => linker ?? Find(architecture, Environment.GetEnvironmentVariable(system.LinkerVariable), Environment.GetEnvironmentVariable("PATH") ?? "", system);
        var scratch = Directory.CreateTempSubdirectory("lathe-link-").FullName;
        try
        {
            using var output = new OutputFile(outputPath);
            link(new(Tool, architecture, objectPaths, output.Partial, soname, exports, wanted, scratch));
            output.Commit();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Require(string soname, string fault, IEnumerable<string> symbols)
    {
        var names = string.Join(", ", symbols);
        if (names.Length > 0) throw new LlvmException(soname, $"{names} {fault}");
    }
}
