using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>Runs a graph or a program on one tensor for each of its inputs; gives one for each of its outputs.</summary>
public delegate Tensor[] ModuleRunner(Module module, IReadOnlyList<Tensor> inputs);

/// <summary>Who runs modules to be compared.</summary>
public static class ModuleRunners
{
    /// <summary>The interpreter: right by definition, and slow.</summary>
    public static Tensor[] Interpreted(Module module, IReadOnlyList<Tensor> inputs) => module.Graph is { } graph ? Interpreter.Run(graph, inputs) : Interpreter.Run(module.MustBeProgram, inputs);
}
