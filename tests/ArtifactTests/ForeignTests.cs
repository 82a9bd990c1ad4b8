using Lathe.Cli;
using Lathe.Ir;

namespace Lathe.ArtifactTests;

/// <summary>Artifacts for other systems, as far as something here runs them: what they compute agrees with the models' saved cases.</summary>
public sealed class ForeignTests
{
    /// <summary>Models of the repository's: convolutions, dense layers, a quantity of detection heads with data-dependent extents.</summary>
    public static TheoryData<string> Small => [.. Directory.EnumerateDirectories(CProgram.Repository("tests", "models")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [ToolTheory("qemu-aarch64", "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1")]
    [MemberData(nameof(Small))]
    public void Aarch64_in_an_emulator(string model) => Verifies(model, "aarch64-linux-gnu");

    [ToolTheory("qemu-riscv64", "/usr/riscv64-linux-gnu/lib/ld-linux-riscv64-lp64d.so.1")]
    [InlineData("opt_mnist")]
    public void RiscV64_in_an_emulator(string model) => Verifies(model, "riscv64-linux-gnu");

    [ToolTheory("node", "wasm-ld-19")]
    [MemberData(nameof(Small))]
    public void WebAssembly_in_Node(string model) => Verifies(model, "wasm32-unknown-unknown");

    [ToolTheory("/usr/lib/wine/wine64", "lld-link-19")]
    [MemberData(nameof(Small))]
    public void Windows_in_Wine(string model) => Verifies(model, "x86_64-pc-windows-msvc");

    /// <summary>Every shared model that computes in floating point in a long run, else one with recurrent cells, one with a cache of keys and values, and one whose saved output is worth less than the tolerance.</summary>
    public static TheoryData<string> Floating => [.. SharedArtifact.All.Except(Quantized).Where(model => LongRun.Reason is null || model is "dtln_1" or "chargpt_kv" or "oww_hello_deepa")];

    /// <summary>The six smallest of them in a long run, else one.</summary>
    public static TheoryData<string> Smallest => [.. SharedArtifact.All.Except(Quantized).OrderBy(model => new FileInfo(SharedModels.PathOf(model)).Length).Take(LongRun.Reason is null ? 6 : 1)];

    private static readonly string[] Quantized = ["micro_kws_m_static_qdq", "micro_kws_m_static_qoperator", "qlstm"];

    [SharedToolTheory("qemu-aarch64", "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1")]
    [MemberData(nameof(Floating))]
    public void Shared_models_on_Aarch64(string model) => VerifiesShared(model, "aarch64-linux-gnu");

    [SharedToolTheory("qemu-riscv64", "/usr/riscv64-linux-gnu/lib/ld-linux-riscv64-lp64d.so.1")]
    [MemberData(nameof(Smallest))]
    public void Shared_models_on_RiscV64(string model) => VerifiesShared(model, "riscv64-linux-gnu");

    [SharedToolTheory("node", "wasm-ld-19")]
    [MemberData(nameof(Smallest))]
    public void Shared_models_in_WebAssembly(string model) => VerifiesShared(model, "wasm32-unknown-unknown");

    [ToolFact("node", "wasm-ld-19")]
    public void A_loader_of_JavaScript_runs_and_refuses_what_does_not_fit()
    {
        const string program = """
            import { load } from "./digits.mjs";
            const model = await load(), x = { data: new Float32Array(784).fill(0.5), shape: [1, 1, 28, 28] };
            const [first] = model.run(x), [second] = model.run(x);
            console.log(first.name, first.shape.join(), first.data.every((v, i) => v === second.data[i] && Number.isFinite(v)));
            for (const wrong of [[], [{ data: new Float64Array(784), shape: x.shape }], [{ data: x.data, shape: [784] }], [{ data: x.data, shape: [1, 1, 28, 29] }], [{ data: new Float32Array(3), shape: x.shape }]])
              try { console.log(model.run(...wrong)); } catch (e) { console.log(e.name); }
            """;
        using var scratch = new ScratchFolder();
        Compiles("opt_mnist", "wasm32-unknown-unknown", scratch.Folder, "shared,javascript");
        scratch.Write("try.mjs", program);
        Assert.Equal("Plus214_Output_0 1,10 true\nTypeError\nTypeError\nTypeError\nRangeError\nRangeError", Tool.Run("node", scratch["try.mjs"]).Trim());
    }

    [ToolTheory("wasm-ld-19")]
    [InlineData("--weights file", "cannot map a file")]
    [InlineData("--pool", "the pool's threads are those of Linux")]
    [InlineData("--emit python", "Python loads no NAME.wasm")]
    public void WebAssembly_says_what_it_has_not(string options, string message)
    {
        using var scratch = new ScratchFolder();
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", CProgram.Repository("tests", "models", "opt_mnist"), "-o", scratch.Folder, "--triple", "wasm32-unknown-unknown", .. options.Split(' ')], new Session(printed, printed));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, printed.ToString(), StringComparison.Ordinal);
    }

    private static void Compiles(string model, string triple, string folder, string emit)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", CProgram.Repository("tests", "models", model), "-o", folder, "--name", "digits", "--triple", triple, "--emit", emit], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }

    private static void Verifies(string model, string triple) => VerifiesAt(CProgram.Repository("tests", "models", model), triple);

    private static void VerifiesShared(string model, string triple) => VerifiesAt(Path.GetDirectoryName(SharedModels.PathOf(model))!, triple);

    private static void VerifiesAt(string folder, string triple)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["verify", folder, "--triple", triple], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
        Assert.Contains("0 failed, 0 unsupported", printed.ToString(), StringComparison.Ordinal);
    }
}
