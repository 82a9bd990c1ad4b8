using Lathe.Codegen.Package;

namespace Lathe.Codegen.Llvm;

/// <summary>Linux with glibc or musl, which answers to glibc's names: ELF.</summary>
public sealed class Linux : TargetSystem
{
    private static readonly string[] own = ["ld.lld-19", "ld.lld", "ld.lld-20", "ld.lld-21", "ld.lld-22", "ld"];

    public override string Name => "Linux";
    public override IReadOnlyList<string> Triples { get; } = ["x86_64-linux-gnu", "aarch64-linux-gnu", "riscv64-linux-gnu"];
    public override IReadOnlyList<CpuArchitecture> Architectures { get; } = [CpuArchitecture.X86, CpuArchitecture.Aarch64, CpuArchitecture.RiscV64];
    // Android's libraries go by other names.
    protected override bool Is(IReadOnlyList<string> parts) => parts.Contains("linux") && !parts.Any(part => part.StartsWith("android", StringComparison.Ordinal));

    public override string SharedFile(string name) => $"lib{name}.so";
    public override string StaticFile(string name) => $"lib{name}.a";
    public override bool MapsFiles => true;
    public override bool HasPool => true;
    public override string Needs => "libc and libm";
    public override IReadOnlyList<SystemLibrary> Libraries => [SystemLibrary.C, SystemLibrary.Math];

    public override IReadOnlyList<string> Linkers(CpuArchitecture architecture, bool isForeign) => isForeign ? [.. own.Where(name => name != "ld"), $"{architecture.Name}-linux-gnu-ld"] : own;
    public override string LinkerVariable => "LATHE_LINKER";

    public override ObjectSymbols Symbols(string path) => ElfSymbols.Read(path);
    public override LoadedParts Loaded(byte[] obj) => ElfSections.Loaded(obj);
    internal override ObjectFunctions? Functions(byte[] obj) => ElfFunctions.Of(obj);
    public override void WriteData(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data) => new ElfObject(architecture, length, [new(symbol, 0, length)]).Write(output, data);

    internal override void Link(LinkJob job)
    {
        var script = job.File("exports", $"{{ {(job.Exports.Count > 0 ? $"global: {string.Join("; ", job.Exports)};" : "")} local: *; }};\n");
        job.Run(
        [
            "-shared", "-soname", job.Name, "-o", job.Output, "--version-script", script, "-Bsymbolic",
            "-z", "noexecstack", "-z", "relro", "-z", "now", "-z", "defs", "--build-id=none", "--hash-style=both", "--eh-frame-hdr",
            .. job.Objects, .. StandIns(job, Libraries),
        ]);
    }

    /// <summary>Links empty libraries that have system libraries' names and the symbols wanted of them: enough for a linker to record both.</summary>
    private static List<string> StandIns(LinkJob job, IEnumerable<SystemLibrary> libraries)
    {
        var paths = new List<string>();
        foreach (var library in libraries)
        {
            var symbols = job.Wanted.Where(library.Functions.Contains).Select(symbol => new ElfSymbol(symbol, 0, 1, Hidden: false)).ToList();
            if (symbols.Count == 0) continue;
            var path = job.File(library.Soname);
            File.WriteAllBytes(path + ".o", ElfObject.ToArray(job.Architecture, [0], symbols));
            job.Run("-shared", "-soname", library.Soname, "-o", path, "--build-id=none", path + ".o");
            paths.Add(path);
        }
        return paths;
    }

    public override string RunnerPackages(CpuArchitecture architecture) => $"apt-get install qemu-user libc6-{LinuxAbi.Of(architecture).Debian}-cross";

    /// <summary>qemu-user, with the system's libraries where Debian's cross packages put them.</summary>
    public override IReadOnlyList<string> Runner(CpuArchitecture architecture, string searchPath)
    {
        const string root = "/usr";
        string[] names = [$"qemu-{architecture.Name}", $"qemu-{architecture.Name}-static"];
        var tool = On(searchPath, names)
            ?? throw new ToolMissingException($"run: code for {architecture.Name} runs in an emulator here, and none is found (looked for {string.Join(", ", names)} on the search path); install it with `{RunnerPackages(architecture)}`, or name the command with --runner");
        var (loader, system) = (LinuxAbi.Of(architecture).Loader, Path.Combine(root, $"{architecture.Name}-linux-gnu"));
        if (Environment.GetEnvironmentVariable("QEMU_LD_PREFIX") is { Length: > 0 }) return [tool];
        return File.Exists(Path.Join(system, loader)) ? [tool, "-L", system]
            : throw new ToolMissingException($"run: {Path.GetFileName(tool)} is here, the libraries of {architecture.Name} are not (looked for {loader} in {system}); install them with `{RunnerPackages(architecture)}`, or name the command with --runner");
    }

    /// <summary>A program linked without its system's files: Serve.ll says what it does.</summary>
    public override void WriteServer(CpuTarget target, string path)
    {
        var abi = LinuxAbi.Of(target.Architecture);
        var obj = new Assembler(CpuTarget.OfTriple(target.Triple)).ToObject(EmbeddedText.Read("Serve.ll").Replace("START", abi.Start, StringComparison.Ordinal), "serve");
        Linker.Write(this, [("serve.o", obj)], path, [], [SystemLibrary.ForPrograms], job =>
            job.Run(["-pie", "-e", "_start", "-dynamic-linker", abi.Loader, "-o", job.Output, "-z", "noexecstack", "-z", "now", "--build-id=none", "--hash-style=both", .. job.Objects, .. StandIns(job, [SystemLibrary.ForPrograms])]));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
    }
}
