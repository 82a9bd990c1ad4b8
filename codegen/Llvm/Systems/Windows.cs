using System.Globalization;
using Lathe.Codegen.Package;

namespace Lathe.Codegen.Llvm;

/// <summary>Windows 10 and later, by the conventions of Microsoft's compilers: COFF objects and a DLL that needs the C runtime of the system.</summary>
public sealed class Windows : TargetSystem
{
    public override string Name => "Windows";
    public override IReadOnlyList<string> Triples { get; } = ["x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc"];
    public override IReadOnlyList<CpuArchitecture> Architectures { get; } = [CpuArchitecture.X86, CpuArchitecture.Aarch64];
    // MinGW's objects ask for other names of the compiler's own functions.
    protected override bool Is(IReadOnlyList<string> parts) => parts.Contains("windows") && !parts.Any(part => part.StartsWith("gnu", StringComparison.Ordinal));

    public override string SharedFile(string name) => $"{name}.dll";
    public override string StaticFile(string name) => $"lib{name}.lib";
    public override string ImportFile(string name) => $"{name}.lib";
    public override string Needs => "the system's C runtime (ucrtbase.dll)";
    public override IReadOnlyList<SystemLibrary> Libraries => [SystemLibrary.UniversalRuntime];
    public override IReadOnlyList<(string Name, string Text)> Support(CpuArchitecture architecture, bool isShared) =>
        [("rounding", EmbeddedText.Read("Rounding.ll")), .. isShared ? [("windows", EmbeddedText.Read($"Windows.{architecture.Name}.ll"))] : ((string, string)[])[]];

    public override IReadOnlyList<string> Linkers(CpuArchitecture architecture, bool isForeign) => ["lld-link-19", "lld-link", "lld-link-20", "lld-link-21", "lld-link-22"];
    public override string LinkerVariable => "LATHE_LLD_LINK";

    public override ObjectSymbols Symbols(string path) => CoffObject.Symbols(path);
    public override LoadedParts Loaded(byte[] obj) => CoffObject.Loaded(obj);
    public override void WriteData(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data) => CoffObject.Write(output, architecture, length, symbol, data);

    /// <summary>The image holds its own name, so it is linked under that.</summary>
    internal override void Link(LinkJob job)
    {
        var image = job.File(job.Name);
        job.Run(
        [
            "/dll", "/noentry", "/nologo", "/nodefaultlib", "/Brepro", "/opt:ref", Machine(job.Architecture), "/out:" + image, "/implib:" + job.File("import.lib"),
            .. job.Exports.Select(name => "/export:" + name), .. job.Objects, .. Imports(job, Libraries),
        ]);
        File.Copy(image, job.Output, overwrite: true);
    }

    /// <summary>Import libraries of what is wanted of the system's.</summary>
    private static List<string> Imports(LinkJob job, IEnumerable<SystemLibrary> libraries) => [.. libraries.Select(library =>
    {
        var symbols = job.Wanted.Where(library.Functions.Contains).ToList();
        if (symbols.Count > 0) Import(job, library.Soname, symbols, job.File(library.Soname + ".lib"));
        return (Path: job.File(library.Soname + ".lib"), symbols.Count);
    }).Where(l => l.Count > 0).Select(l => l.Path)];

    private static void Import(LinkJob job, string image, IEnumerable<string> symbols, string path) =>
        job.Run("/lib", "/nologo", Machine(job.Architecture), "/def:" + job.File(image + ".def", $"LIBRARY {image}\nEXPORTS\n{string.Concat(symbols.Select(name => $"  {name}\n"))}"), "/out:" + path);

    internal override void LinkImports(LinkJob job) => Import(job, job.Name, job.Exports, job.Output);

    /// <summary>Microsoft's linkers want a second index in an archive, which lld writes: beside the objects, whose places it tells from its own.</summary>
    internal override void LinkArchive(LinkJob job)
    {
        const string archive = "archive.lib";
        job.Run(["/lib", "/nologo", Machine(job.Architecture), "/out:" + archive, .. job.Objects.Select(path => Path.GetFileName(path)!)]);
        File.Move(Path.Combine(job.Folder, archive), job.Output, overwrite: true);
    }

    private static string Machine(CpuArchitecture architecture) => string.Create(CultureInfo.InvariantCulture, $"/machine:{(CoffObject.MachineOf(architecture) == 0xAA64 ? "arm64" : "x64")}");

    public override string RunnerPackages(CpuArchitecture architecture) => architecture == CpuTarget.Host.Architecture ? "apt-get install wine64" : "";

    /// <summary>Wine, which runs programs of this machine's own processor.</summary>
    public override IReadOnlyList<string> Runner(CpuArchitecture architecture, string searchPath) => architecture != CpuTarget.Host.Architecture
        ? throw new ToolMissingException($"run: nothing here runs code of Windows on {architecture.Name}; lathe compile makes it")
        : On([searchPath, "/usr/lib/wine"], "wine64", "wine") is { } wine ? [wine]
        : throw new ToolMissingException($"run: code of Windows runs in Wine here, and none is found (looked for wine64, wine on the search path); install it with `{RunnerPackages(architecture)}`, or name the command with --runner");

    public override void WriteServer(CpuTarget target, string path)
    {
        var assembler = new Assembler(CpuTarget.OfTriple(target.Triple));
        (string, byte[]) Object(string name, string text) => (name + ".obj", assembler.ToObject(text, name));
        Linker.Write(this, [Object("serve", EmbeddedText.Read("Serve.ll").Replace("module asm \".globl _start\"\nmodule asm \"_start: START\"\n", "", StringComparison.Ordinal)), Object("begin", EmbeddedText.Read("ServeWindows.ll")), .. Support(target.Architecture, isShared: true).Select(s => Object(s.Name, s.Text))],
            path, [], [SystemLibrary.WindowsPrograms, SystemLibrary.Kernel32], job =>
            {
                job.Run(["/subsystem:console", "/entry:begin", "/nologo", "/nodefaultlib", "/Brepro", Machine(job.Architecture), "/out:" + job.Output, .. job.Objects, .. Imports(job, [SystemLibrary.WindowsPrograms, SystemLibrary.Kernel32])]);
            });
    }
}
