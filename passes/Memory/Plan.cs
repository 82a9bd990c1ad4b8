using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Puts slots that are not needed at the same time, and the kernels' own scratch, in the same bytes of one arena.</summary>
/// <remarks>Static sizes: the largest first, each in the tightest gap. Symbolic sizes: lanes behind those, each shared by slots that do not live at once and as large as its largest.</remarks>
[Description("shares the bytes of one arena between values that do not live at once")]
public sealed record Plan : ProgramPass
{
    public override Stage Stage => Stage.Memory;

    protected override Program Run(Program program, Compilation compilation)
    {
        var steps = program.Steps.Cast<CallKernel>().ToArray();
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var stretches = Lifetimes(program, steps, kernels);
        var fixedSizes = stretches.Where(s => s.Bytes is Number).ToList();
        var end = Fixed(fixedSizes);
        Lanes([.. stretches.Except(fixedSizes)], ref end);

        var places = stretches.ToDictionary(s => s.Name, s => s.Offset, StringComparer.Ordinal);
        return program with
        {
            Slots = [.. program.Slots.Select(s => s.Kind == SlotKind.Arena ? s with { Offset = places[s.Name] } : s)],
            Steps = [.. steps.Select((call, i) => (Step)(call with { Scratch = places.GetValueOrDefault(Scratch(i)) }))],
            ArenaBytes = end,
            LowerBound = Bound(stretches, steps.Length),
        };
    }

    /// <summary>Bytes that are needed from one step to another, both inclusive.</summary>
    private sealed record Stretch(string Name, Expr Bytes, int First, int Last)
    {
        public Expr Offset { get; set; } = 0;
        public bool Meets(Stretch other) => First <= other.Last && other.First <= Last;
        /// <summary>A size to compare by: symbols taken at some number, the same in every run.</summary>
        public long Guess { get; } = Sizes.Guess(Bytes);
        public long Start => Offset.Whole;
        public long End => Offset.Whole + Bytes.Whole;
    }

    /// <summary>No name of a value starts with a space.</summary>
    private static string Scratch(int step) => $" scratch {step}";

    private static List<Stretch> Lifetimes(Program program, CallKernel[] steps, Dictionary<string, Kernel> kernels)
    {
        var (first, last) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < steps.Length; i++)
            foreach (var argument in steps[i].Arguments)
            {
                first.TryAdd(argument, i);
                last[argument] = i;
            }
        var all = program.Slots.Where(s => s.Kind == SlotKind.Arena).Select(s => new Stretch(s.Name, Arena.Aligned(s.Bytes), first[s.Name], last[s.Name])).ToList();
        for (var i = 0; i < steps.Length; i++)
            if (ScratchLayout.Of(kernels[steps[i].Kernel]).Bytes is var bytes && bytes is not Number { Integer: 0 }) all.Add(new(Scratch(i), Arena.Aligned(bytes), i, i));
        return [.. all.OrderByDescending(s => s.Guess).ThenBy(s => s.First).ThenBy(s => s.Name, StringComparer.Ordinal)];
    }

    private static Expr Fixed(List<Stretch> stretches)
    {
        var (placed, end) = (new List<Stretch>(), 0L);
        foreach (var stretch in stretches)
        {
            var (at, best, room) = (0L, -1L, long.MaxValue);
            foreach (var other in placed.Where(stretch.Meets).OrderBy(s => s.Start))
            {
                var gap = other.Start - at;
                if (gap >= stretch.Bytes.Whole && gap < room) (best, room) = (at, gap);
                at = Math.Max(at, other.End);
            }
            stretch.Offset = best >= 0 ? best : at;
            end = Math.Max(end, stretch.End);
            placed.Add(stretch);
        }
        return end;
    }

    private static void Lanes(Seq<Stretch> stretches, ref Expr end)
    {
        var lanes = new List<List<Stretch>>();
        foreach (var stretch in stretches)
        {
            var lane = lanes.Where(l => !l.Exists(stretch.Meets)).OrderBy(l => l[0].Guess - stretch.Guess).FirstOrDefault();
            if (lane is null) lanes.Add(lane = []);
            lane.Add(stretch);
        }
        foreach (var lane in lanes)
        {
            foreach (var stretch in lane) stretch.Offset = end;
            end = Linear.Simplify(end + lane.Select(s => s.Bytes).Distinct().Aggregate((a, b) => Linear.Simplify(Expr.Max(a, b))));
        }
    }

    /// <summary>The most bytes that live at one step.</summary>
    private static Expr Bound(List<Stretch> stretches, int steps)
    {
        var sums = Enumerable.Range(0, steps).Select(i => stretches.Where(s => s.First <= i && i <= s.Last).Aggregate((Expr)0, (sum, s) => Linear.Simplify(sum + s.Bytes))).Distinct();
        return sums.Aggregate((Expr)0, (most, sum) => Linear.Simplify(Expr.Max(most, sum)));
    }
}
