using Lathe.Codegen.Package;

namespace Lathe.Codegen.Llvm;

/// <summary>macOS 11 and later: Mach-O.</summary>
public sealed class MacOs : TargetSystem
{
    public override string Name => "macOS";
    public override IReadOnlyList<string> Triples { get; } = ["arm64-apple-macosx", "x86_64-apple-macosx"];
    public override IReadOnlyList<CpuArchitecture> Architectures { get; } = [CpuArchitecture.Aarch64, CpuArchitecture.X86];
    protected override bool Is(IReadOnlyList<string> parts) => parts.Any(part => part.StartsWith("macos", StringComparison.Ordinal) || part.StartsWith("darwin", StringComparison.Ordinal));

    public override string SharedFile(string name) => $"lib{name}.dylib";
    public override string StaticFile(string name) => $"lib{name}.a";
    public override bool MapsFiles => true;
    public override string Needs => "libSystem";
    public override IReadOnlyList<SystemLibrary> Libraries => [SystemLibrary.Apple];
    public override IReadOnlyList<(string Name, string Text)> Support(CpuArchitecture architecture, bool isShared) => [("rounding", EmbeddedText.Read("Rounding.ll"))];

    public override IReadOnlyList<string> Linkers(CpuArchitecture architecture, bool isForeign) => ["ld64.lld-19", "ld64.lld", "ld64.lld-20", "ld64.lld-21", "ld64.lld-22"];
    public override string LinkerVariable => "LATHE_LD64";

    public override ObjectSymbols Symbols(string path) => MachObject.Symbols(path);
    public override LoadedParts Loaded(byte[] obj) => MachObject.Loaded(obj);
    public override void WriteData(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data) => MachObject.Write(output, architecture, length, symbol, data);

    /// <summary>The signature holds the file's name, so it is linked under that.</summary>
    internal override void Link(LinkJob job)
    {
        var image = job.File(job.Name);
        // dyld binds through a function of its own on older systems; every library of macOS names libSystem.
        var library = job.File("libSystem.tbd", $"""
            --- !tapi-tbd
            tbd-version: 4
            targets: [ {Architecture(job)}-macos ]
            install-name: '/usr/lib/libSystem.B.dylib'
            exports:
              - targets: [ {Architecture(job)}-macos ]
                symbols: [ {string.Join(", ", job.Wanted.Select(name => "_" + name).Prepend("dyld_stub_binder"))} ]
            ...

            """);
        job.Run(
        [
            "-dylib", "-arch", Architecture(job), "-platform_version", "macos", "11.0", "11.0", "-install_name", "@rpath/" + job.Name, "-o", image,
            "-exported_symbols_list", job.File("exports", string.Concat(job.Exports.Select(name => $"_{name}\n"))), .. job.Objects, library,
        ]);
        File.Copy(image, job.Output, overwrite: true);
    }

    private static string Architecture(LinkJob job) => job.Architecture == CpuArchitecture.Aarch64 ? "arm64" : "x86_64";

    internal override void LinkArchive(LinkJob job) => DarwinArchive.Write(job.Objects, job.Output);

    public override string RunnerPackages(CpuArchitecture architecture) => "";

    public override IReadOnlyList<string> Runner(CpuArchitecture architecture, string searchPath) => throw new ToolMissingException("run: nothing here runs code of macOS; lathe compile makes it, and lathe on a Mac runs it");

    public override void WriteServer(CpuTarget target, string path) => throw new ToolMissingException("run: a library of macOS is loaded on a Mac");
}
