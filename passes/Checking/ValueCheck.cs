using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>Runs a module before and after each pass on the same inputs and keeps the first pass after which an output moves beyond the tolerance.</summary>
/// <param name="start">What goes into the first pass.</param>
/// <param name="inputs">One tensor for each of its inputs.</param>
public sealed class ValueCheck(Module start, IReadOnlyList<Tensor> inputs, ModuleRunner run, Agreement agreement) : IPassObserver
{
    private Module before = start;
    private Tensor[]? expected;
    private int passes;

    /// <summary>The first pass that changes what is computed; null while none does. Nothing is compared after it.</summary>
    public ValueFault? Fault { get; private set; }

    /// <summary>How many passes were compared.</summary>
    public int Compared { get; private set; }

    public void Ran(Pass pass, int number, Module module, TimeSpan time)
    {
        if (Fault is not null) return;
        expected ??= run(before, inputs);
        var actual = run(module, inputs);
        Fault = Compare(pass.Name, passes++, before, expected, module, actual, inputs, run, agreement);
        (before, expected) = (module, actual);
        Compared++;
    }

    /// <summary>The output that moved furthest; null where all are within the tolerance.</summary>
    internal static ValueFault? Compare(string pass, int number, Module before, Tensor[] expected, Module after, Tensor[] actual, IReadOnlyList<Tensor> inputs, ModuleRunner run, Agreement agreement)
    {
        var names = Outputs(before);
        var worst = names.Index().Select(o => (o.Item, Beyond: agreement.Beyond(expected[o.Index], actual[o.Index]))).Where(o => o.Beyond is not null).OrderByDescending(o => o.Beyond!.Share).FirstOrDefault();
        return worst.Beyond is null ? null : new(pass, number, worst.Item, worst.Beyond.Where, Differing(before, after, inputs, run, agreement).FirstOrDefault() ?? "");
    }

    /// <summary>Values of one name that differ, in the order they are made.</summary>
    internal static IReadOnlyList<string> Differing(Module before, Module after, IReadOnlyList<Tensor> inputs, ModuleRunner run, Agreement agreement)
    {
        var opened = OpenedModule.Of(after);
        Dictionary<string, Tensor> expected, actual;
        try { (expected, actual) = (OpenedModule.Of(before).Run(run, inputs), opened.Run(run, inputs)); }
        catch (InvalidOperationException) { return []; } // what is wrong may be that it cannot run with everything visible
        return [.. opened.Names.Where(name => expected.TryGetValue(name, out var e) && actual[name] is var a && Flat(e).Shape == Flat(a).Shape && agreement.Beyond(Flat(e), Flat(a)) is not null)];
    }

    private static Tensor Flat(Tensor tensor) => new(tensor.Kind, [tensor.Count], tensor.Bytes);

    private static Seq<string> Outputs(Module module) => [.. (module.Graph?.Outputs ?? module.MustBeProgram.Outputs).Select(v => v.Name)];
}
