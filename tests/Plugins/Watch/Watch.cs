using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("watch")]

namespace Samples;

/// <summary>An observer: told of every pass at every stage, as it ends.</summary>
public sealed class Steps : IPassObserver
{
    public void Ran(Pass pass, int number, Module module, TimeSpan time) =>
        Console.Error.WriteLine($"{number} {pass.Name}: {(module.Graph is { } graph ? $"{graph.Nodes.Count} steps" : $"{module.MustBeProgram.Steps.Calls.Count()} calls")}");
}
