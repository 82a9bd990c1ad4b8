using Lathe.Codegen.Package;

namespace Lathe.Codegen.Llvm;

/// <summary>
/// A module of WebAssembly for engines of JavaScript. Addresses have 32 bits: every engine knows them, 64 bits only the newest do, and neither gives a
/// module much more than 4 GiB. There is no libc: memory is the loader's, functions come from JavaScript's Math, and weights are data of the module.
/// </summary>
public sealed class WebAssembly : TargetSystem
{
    /// <summary>Bytes of a module's stack, below its data: one that runs over traps.</summary>
    private const int StackBytes = 1 << 20;

    public override string Name => "WebAssembly";
    public override IReadOnlyList<string> Triples { get; } = ["wasm32-unknown-unknown"];
    public override IReadOnlyList<CpuArchitecture> Architectures { get; } = [CpuArchitecture.Wasm32];
    protected override bool Is(IReadOnlyList<string> parts) => !parts.Any(part => part is "emscripten" or "linux");

    public override string SharedFile(string name) => $"{name}.wasm";
    public override string StaticFile(string name) => $"lib{name}.a";
    public override bool IsPositionIndependent => false;
    public override bool IsForJavaScript => true;
    public override string Needs => "";
    public override IReadOnlyList<SystemLibrary> Libraries => [SystemLibrary.JavaScript];
    public override IReadOnlyList<(string Name, string Text)> Support(CpuArchitecture architecture, bool isShared) => [("support", EmbeddedText.Read("WebAssembly.ll"))];

    public override IReadOnlyList<string> Linkers(CpuArchitecture architecture, bool isForeign) => ["wasm-ld-19", "wasm-ld", "wasm-ld-20", "wasm-ld-21", "wasm-ld-22"];
    public override string LinkerVariable => "LATHE_WASM_LD";

    public override ObjectSymbols Symbols(string path) => WasmReader.Symbols(path);
    public override LoadedParts Loaded(byte[] obj) => WasmReader.Loaded(obj);
    public override void WriteData(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data) => WasmObject.Write(output, length, symbol, data);

    internal override void Link(LinkJob job) => job.Run(
    [
        "--no-entry", "--stack-first", "-z", $"stack-size={StackBytes}", "--export=__heap_base", "--gc-sections", "--strip-all", "-o", job.Output,
        "--allow-undefined-file=" + job.File("imports", string.Concat(job.Wanted.Select(name => name + "\n"))), .. job.Exports.Select(name => "--export=" + name), .. job.Objects,
    ]);

    public override string RunnerPackages(CpuArchitecture architecture) => "apt-get install nodejs (or Node.js 18 or later from elsewhere)";

    public override IReadOnlyList<string> Runner(CpuArchitecture architecture, string searchPath) => On(searchPath, "node", "nodejs") is { } node ? [node]
        : throw new ToolMissingException($"run: WebAssembly runs in Node.js here, and none is found (looked for node, nodejs on the search path); {RunnerPackages(architecture)}, or name the command with --runner");

    public override void WriteServer(CpuTarget target, string path) => File.WriteAllText(path, EmbeddedText.JavaScript("serve.mjs"));
}
