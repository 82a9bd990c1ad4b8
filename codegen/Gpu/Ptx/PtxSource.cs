using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>
/// The kernels of a program as PTX, from LLVM: what <see cref="ProgramSource"/> is in C#, without ILGPU. An entry takes the arrays that the method of
/// the same launch takes, the arena's scratch, all dimensions of its kernel in the order of their names, and the rounds of the loops that the host runs around it.
/// </summary>
public sealed class PtxSource
{
    private readonly ProgramSource source;
    private readonly CpuTarget target;

    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    /// <param name="processor">Such as <c>sm_80</c>.</param>
    /// <exception cref="DiagnosticException">LT4311: no such processor.</exception>
    public PtxSource(Program program, string processor)
    {
        if (!Passes.GpuDeviceModel.Generations.Contains(processor)) throw new DiagnosticException(new Diagnostic("LT4311", $"PTX for {processor}: known are {string.Join(", ", Passes.GpuDeviceModel.Generations)}", "", "--gpu=cuda:sm_80 runs on Ampere and everything later"));
        target = new("nvptx64-nvidia-cuda", processor, "");
        source = ProgramSource.CSharp(program);
    }

    internal IReadOnlyDictionary<string, KernelSource> Kernels => source.Kernels;

    /// <summary>What the entry of a launch is called.</summary>
    internal static string Entry(KernelSource kernel, LaunchOnce launch) => $"{kernel.Name}_{launch.Number.Text()}";

    /// <summary>How many entries there are.</summary>
    public int Entries => Kernels.Values.Sum(kernel => kernel.Parts.Count);

    /// <summary>The PTX of all kernels.</summary>
    /// <exception cref="DiagnosticException">LT4310: a function that no GPU has.</exception>
    public string Text() => Text(Kernels.Values);

    /// <summary>The PTX of one kernel; any number of threads may ask.</summary>
    /// <exception cref="DiagnosticException">LT4310: a function that no GPU has.</exception>
    internal string Text(KernelSource kernel) => Text([kernel]);

    private string Text(IEnumerable<KernelSource> kernels)
    {
        var module = new ModuleWriter();
        foreach (var kernel in kernels)
            foreach (var part in kernel.Parts) Write(kernel, part, module);
        return new Assembler(target).ToAssembly(module.ToString(), "kernels");
    }

    private void Write(KernelSource source, LaunchPart part, ModuleWriter module)
    {
        var writer = new KernelWriter(source.Kernel, target, module, source.Name);
        var body = new BodyEmitter(writer, isParallel: true);
        foreach (var i in part.Launch.Buffers) body.Bind(source.Arguments[i], Argument(i));
        foreach (var (round, i) in part.Rounds.Select((axis, i) => (axis, i))) body.Bind(round, Round(i));
        foreach (var scratch in part.Around) body.BindInArena(scratch);
        if (part.Statement is Loop { Kind: LoopKind.Parallel } grid)
        {
            if (part.Launch.GroupThreads > 0) body.Groups(grid);
            else body.Grid(grid);
        }
        else body.Emit(part.Statement);
        // An entry's buffers never meet: a kernel that stores over what it reads takes one buffer for both. What threads read of one another they find behind a wait, which LLVM must not read across.
        var stored = part.Statement.All.OfType<Store>().Select(s => s.Buffer).ToHashSet();
        stored.IntersectWith(part.Statement.Loads.Select(l => l.Buffer));
        List<string> parameters = [.. part.Launch.Buffers.Select(i => $"ptr {(part.Launch.GroupThreads > 0 && stored.Contains(source.Arguments[i]) ? "" : "noalias ")}{Argument(i)}"), "ptr noalias %scratch", .. writer.SymbolParameters, .. part.Rounds.Select((_, i) => $"i64 {Round(i)}")];
        var entry = Entry(source, part.Launch);
        if (part.Launch.GroupThreads > 0) module.Annotate(entry, "reqntidx", part.Launch.GroupThreads);
        module.Function($"define ptx_kernel void @\"{entry}\"({string.Join(", ", parameters)}) nounwind", body.Text);
    }

    private static string Argument(int i) => $"%b{i.Text()}";

    private static string Round(int i) => $"%r{i.Text()}";
}
