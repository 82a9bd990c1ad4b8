using Lathe.Codegen.Llvm;
using Lathe.Passes;
using Lathe.Passes.Checking;

namespace Lathe.Cli;

/// <summary>Who runs modules whose values are compared: the interpreter, or machine code of unscheduled loops where it would take too long.</summary>
internal static class ValueRunner
{
    /// <summary>Operations that the interpreter does in a few seconds.</summary>
    private const double MostInterpreted = 2e8;

    public static ModuleRunner For(Module module) => Flops(module) <= MostInterpreted ? ModuleRunners.Interpreted : Native;

    /// <summary>Machine code of the module as it is: a graph is lowered, and no more.</summary>
    public static Tensor[] Native(Module module, IReadOnlyList<Tensor> inputs) =>
        NativeRunner.Run(module.Program ?? new Lower().Run(module, new(MachineTable.Of(CpuTarget.Host))).MustBeProgram, inputs);

    /// <summary>Open dimensions at their usual extent.</summary>
    private static double Flops(Module module) => module.Graph is { } graph
        ? graph.Nodes.Sum(n => Sizes.Guess(Work.Flops(n)))
        : module.MustBeProgram.Steps.Calls.Sum(c => c.Info is { } info ? Sizes.Guess(info.Flops) : 0);
}
