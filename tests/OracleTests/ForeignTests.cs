using Lathe.Codegen.Llvm;
using Lathe.Codegen.Remote;
using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>Operators as code for other processors, run in an emulator: the oracle's numbers there too.</summary>
public sealed class ForeignTests
{
    /// <summary>Each tells of another part of what makes code: reals, rounding, narrow and whole numbers, reductions, products, windows, places found by numbers, statements.</summary>
    private static readonly string[] verbs =
    [
        "add", "mod", "pow", "sigmoid", "exp", "tanh", "erf", "sin", "round", "cast", "bitwise_xor", "softmax", "reduce_max", "layer_normalization", "mat_mul", "mat_mul_integer", "conv", "max_pool",
        "gather", "pad", "top_k", "lstm", "quantize_linear", "dequantize_linear", "resize", "cum_sum", "where",
    ];

    [ToolTheory("qemu-aarch64", "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1")]
    [InlineData("generic")]
    [InlineData("neoverse-n1")]
    public void Aarch64(string cpu) => Agrees(CpuTarget.Parse(cpu, "aarch64-linux-gnu"));

    [ToolTheory("qemu-riscv64", "/usr/riscv64-linux-gnu/lib/ld-linux-riscv64-lp64d.so.1")]
    [InlineData("generic-rv64")]
    public void RiscV64(string cpu) => Agrees(CpuTarget.Parse(cpu, "riscv64-linux-gnu"));

    [ToolFact("node", "wasm-ld-19")]
    public void WebAssembly() => Agrees(CpuTarget.OfTriple("wasm32-unknown-unknown"));

    private static void Agrees(CpuTarget target)
    {
        using var scratch = new ScratchFolder();
        target.System.WriteServer(target, scratch["serve.mjs"]);
        using var process = new RemoteProcess([.. target.System.Runner(target.Architecture, Environment.GetEnvironmentVariable("PATH")!), scratch["serve.mjs"]]);
        var machine = MachineTable.Of(target);
        var trials = verbs.SelectMany(verb => Operators.Examples(Operators.Find(verb) ?? throw new ArgumentException($"no operator is called {verb}")))
            .SelectMany(example => new OracleCase(example) is var run ? run.Ways(machine).Select(way => (example.Op, Case: run, way.Way, way.Kernels, way.Run)) : []).ToList();
        var kernels = new RemoteKernels(process, trials.SelectMany(t => t.Kernels), target, scratch.Folder);
        var faults = trials.Select(t => t.Case.Fault(t.Run(kernels.Run)) is { } fault ? $"{t.Op}, {t.Way}: {fault}" : null).OfType<string>().ToList();
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }
}
