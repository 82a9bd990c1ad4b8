using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Puts slots that are not needed at the same time, and the kernels' own scratch, in the same bytes of one arena.</summary>
/// <remarks>Sizes that depend on dimensions are taken at typical ones to decide what lies on what, which holds at all of them.</remarks>
[Description("shares the bytes of one arena between values that do not live at once")]
public sealed record Plan : ProgramPass
{
    public override Stage Stage => Stage.Memory;
    public override Seq<string> After => ["reorder"];

    protected override Program Run(Program program, Compilation compilation)
    {
        var lives = new Lifetimes(program.Steps);
        var stretches = Stretches(program, lives);
        Seq<Expr> sizes = [.. stretches.Select(s => s.Bytes)];
        Interval[] typical = [.. stretches.Select(s => new Interval(s.First, s.Last, Sizes.Guess(s.Bytes)))];
        var (offsets, top) = sizes.All(s => s is Number) ? Fixed(typical) : OpenAllocation.Place(sizes, [.. stretches.Select(s => (s.First, s.Last))]);

        var (calls, places) = (0, stretches.Zip(offsets).ToDictionary(s => s.First.Name, s => s.Second, StringComparer.Ordinal));
        return program with
        {
            Slots = [.. program.Slots.Select(s => s.Kind == SlotKind.Arena ? s with { Offset = places[s.Name] } : s)],
            Steps = program.Steps.MapCalls(call => call with { Scratch = places.GetValueOrDefault(Scratch(calls++)) }),
            ArenaBytes = top,
Guards = [.. program.Guards, .. SizeGuard.Of(Handed(program).Prepend(top)) is { } guard ? [guard] : (Guarded[])[]],
            LowerBound = Bound(sizes, typical),
        };
    }

    /// <summary>Bytes of what a run is given and gives back.</summary>
    private static IEnumerable<Expr> Handed(Program program)
    {
        var bounds = Bounds.Of(program);
        return program.Inputs.Concat(program.Outputs).Select(v => bounds.Most(Linear.Simplify((v.Type.Size * v.Type.Scalar.Bits + 7) / 8)));
    }

    /// <summary>Bytes that are needed from one step to another, both inclusive.</summary>
    private sealed record Stretch(string Name, Expr Bytes, int First, int Last);

    /// <summary>The scratch of a call, by its place among the calls of the text. No name of a value starts with a space.</summary>
    private static string Scratch(int call) => $" scratch {call}";

    private static List<Stretch> Stretches(Program program, Lifetimes lives)
    {
        var bounds = Bounds.Of(program);
        var scratch = program.Kernels.ToDictionary(k => k.Name, k => bounds.Most(ScratchLayout.Of(k).Bytes), StringComparer.Ordinal);
        var all = program.Slots.Where(s => s.Kind == SlotKind.Arena).Select(s => new Stretch(s.Name, Bytes(s.Bytes), lives[s.Name].First, lives[s.Name].Last)).ToList();
        foreach (var (i, call) in program.Steps.Calls.Index())
            if (scratch[call.Kernel] is var bytes && bytes is not Number { Integer: 0 }) all.Add(new(Scratch(i), Bytes(bytes), lives.Places[call], lives.Places[call]));
        return [.. all.OrderBy(s => s.First).ThenBy(s => s.Name, StringComparer.Ordinal)];

        // In a branch that does not run, a size may come out below 0; it must not pull down what lies above.
        static Expr Bytes(Expr bytes) => Arena.Aligned(bytes) is var aligned && Linear.Range(aligned).Low < 0 ? Expr.Max(aligned, 0) : aligned;
    }

    private static (Expr[] Offsets, Expr Top) Fixed(Interval[] all)
    {
        var offsets = StorageAllocation.Place(all, ScratchLayout.Alignment);
        return ([.. offsets.Select(o => (Expr)o)], StorageAllocation.Top(all, offsets));
    }

    /// <summary>The bytes that live at the step where they are the most; for symbolic sizes, where they are the most at typical dimensions, which no plan can beat either.</summary>
    private static Expr Bound(Seq<Expr> sizes, Interval[] typical)
    {
        var least = Interval.Most(typical);
        bool Lives(Interval interval, int step) => interval.First <= step && step <= interval.Last;
        var step = typical.Select(i => i.First).FirstOrDefault(at => typical.Where(i => Lives(i, at)).Sum(i => i.Bytes) == least);
        return sizes.Where((_, n) => Lives(typical[n], step)).Aggregate((Expr)0, (sum, bytes) => Linear.Simplify(sum + bytes));
    }
}
