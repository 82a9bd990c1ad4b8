using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>Finds the first pass that changes what a module computes, and a small part of the module that still shows it.</summary>
/// <param name="like">Its machine and objective are those of every run.</param>
/// <param name="run">Runs modules.</param>
/// <param name="agreement">What is allowed to move.</param>
/// <param name="machine">Runs finished programs as machine code, to be compared with <paramref name="run"/>; null where only passes are in doubt.</param>
public sealed class Bisection(Compilation like, ModuleRunner run, Agreement agreement, ModuleRunner? machine = null, CancellationToken cancellation = default)
{
    /// <summary>What machine code is called among passes.</summary>
    public const string Code = "code";

    /// <returns>Null where every pass keeps what the module computes.</returns>
    public Finding? Find(Module start, Seq<Pass> passes, IReadOnlyList<Tensor> inputs)
    {
        var (module, expected, graph, since) = (start, run(start, inputs), start.Graph, 0);
        for (var i = 0; i <= passes.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i == passes.Count && (machine is null || module.Program is null)) return null;
            var (fault, after, actual) = Step(module, expected, i < passes.Count ? passes[i] : null, i, inputs);
            if (fault is not null) return Reduced(fault, start, graph, passes.Slice(since, Math.Min(i + 1, passes.Count) - since), i == passes.Count, inputs);
            (module, expected) = (after, actual);
            if (module.Graph is not null) (graph, since) = (module.Graph, i + 1);
        }
        return null;
    }

    /// <summary>One pass, or the machine code where it is null.</summary>
    private (ValueFault? Fault, Module After, Tensor[] Actual) Step(Module module, Tensor[] expected, Pass? pass, int number, IReadOnlyList<Tensor> inputs)
    {
        try
        {
            var after = pass is null ? module : Run(module, [pass]);
            var actual = pass is null ? machine!(module, inputs) : run(after, inputs);
            return (ValueCheck.Compare(pass?.Name ?? Code, number, module, expected, after, actual, inputs, run, agreement), after, actual);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (new(pass?.Name ?? Code, number, "", $"{e.GetType().Name}: {e.Message}"), module, expected);
        }
    }

    private Module Run(Module module, Seq<Pass> passes) => new Runner(passes).Run(module, like.Again());

    private Finding Reduced(ValueFault fault, Module start, Graph? graph, Seq<Pass> passes, bool ofCode, IReadOnlyList<Tensor> inputs)
    {
        if (graph is null) return new(fault, passes, null, [.. inputs], start.MustBeProgram.Steps.Count, start.MustBeProgram.Steps.Count, 0);
        // What the graph in hand is given is what the model is: passes on graphs keep its inputs.
        var contents = OpenedModule.Of(new Module(graph)).Run(run, inputs);
        foreach (var (value, tensor) in graph.Inputs.Zip(inputs)) contents[value.Name] = tensor;
        var reduction = new Reduction(new Part(graph, contents), Shows, cancellation);
        var hints = ofCode || fault.IsFailure ? [] : Hints();
        var least = reduction.Least(graph, inputs, hints);
        return new(fault, passes, least.Graph, [.. least.Inputs], reduction.All, least.Operators, reduction.Tries);

        bool Shows(Graph part, IReadOnlyList<Tensor> given)
        {
            cancellation.ThrowIfCancellationRequested();
            var module = new Module(part);
            Tensor[] expected;
            try
            {
                module = Run(module, ofCode ? passes : passes[..^1]);
                expected = run(module, given);
            }
            catch (Exception e) when (e is not OperationCanceledException) { return false; } // what comes before must go well, or it is another fault
            var found = Step(module, expected, ofCode ? null : passes[^1], fault.Number, given).Fault;
            return found is not null && found.IsFailure == fault.IsFailure;
        }

        IReadOnlyList<string> Hints()
        {
            var module = Run(new(graph), passes[..^1]);
            return ValueCheck.Differing(module, Run(module, [passes[^1]]), inputs, run, agreement);
        }
    }
}
