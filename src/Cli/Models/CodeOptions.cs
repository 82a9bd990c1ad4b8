using Lathe.Codegen.Llvm;
using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>What code is made for.</summary>
public sealed record CodeOptions(
    PassOptions Way,
    [Option("processor: host, or a name that lathe targets lists")] string Cpu = "host",
    [Option("system, such as aarch64-linux-gnu; by default Linux on the processor's architecture")] string? Triple = null,
    [Option("make a dimension a number, or bound it", Value = "NAME=N|NAME=LOW..HIGH")] Seq<DimBinding> Dim = default,
    [Option("bound a number that a run decides, such as how many elements are not zero", Value = "NAME=N")] Seq<MaxBinding> Max = default,
    [Option("no algebra that changes how results round, such as a normalization folded into weights")] bool Exact = false,
    [Option("kernels compiled at once; 0 is one for each core", Value = "N")] int Jobs = 0)
{
    /// <exception cref="UsageException">The processor or the system is unknown.</exception>
    public CpuTarget Target()
    {
        try { return Cpu == "host" && Triple is not null && CpuArchitecture.Of(Triple) != CpuTarget.Host.Architecture ? CpuTarget.OfTriple(Triple) : CpuTarget.Parse(Cpu, Triple); }
        catch (ArgumentException e) { throw new UsageException(e.Message, "lathe targets lists what code can be made for"); }
    }
}
