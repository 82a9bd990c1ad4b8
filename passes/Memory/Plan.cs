using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Puts slots that are not needed at the same time, and the kernels' own scratch, in the same bytes of one arena.</summary>
/// <remarks>Static sizes, and sizes that are multiples of one product of symbols: the largest first, each in the tightest gap. Other sizes: lanes, each shared by slots that do not live at once and as large as its largest.</remarks>
[Description("shares the bytes of one arena between values that do not live at once")]
public sealed record Plan : ProgramPass
{
    public override Stage Stage => Stage.Memory;

    protected override Program Run(Program program, Compilation compilation)
    {
        var (lives, bounds) = (new Lifetimes(program.Steps), Bounds.Of(program));
        var scratch = program.Kernels.ToDictionary(k => k.Name, k => bounds.Most(ScratchLayout.Of(k).Bytes), StringComparer.Ordinal);
        var stretches = Stretches(program, lives, scratch);
        Expr end = 0;
        Fixed([.. stretches.Where(s => s.Bytes is Number)], 1, ref end);
        var open = stretches.Where(s => s.Bytes is not Number).ToList();
        // Values that all are a number times the same product of symbols share as static sizes do: one more unit of the product is one more of each.
        if (open.Where(s => !s.IsScratch).Select(s => s.Unit).Distinct().ToList() is [{ } unit])
        {
            Fixed([.. open.Where(s => !s.IsScratch)], unit, ref end);
            open.RemoveAll(s => !s.IsScratch);
        }
        Lanes([.. open], ref end);

        var places = stretches.ToDictionary(s => s.Name, s => s.Offset, StringComparer.Ordinal);
        return program with
        {
            Slots = [.. program.Slots.Select(s => s.Kind == SlotKind.Arena ? s with { Offset = places[s.Name] } : s)],
            Steps = program.Steps.MapCalls(call => call with { Scratch = places.GetValueOrDefault(Scratch(lives.Places[call])) }),
            ArenaBytes = end,
            LowerBound = Bound(stretches, lives.Count),
        };
    }

    /// <summary>Bytes that are needed from one step to another, both inclusive.</summary>
    private sealed record Stretch(string Name, Expr Bytes, int First, int Last, bool IsScratch = false)
    {
        public Expr Offset { get; set; } = 0;
        public bool Meets(Stretch other) => First <= other.Last && other.First <= Last;
        /// <summary>A size to compare by: symbols taken at some number, the same in every run.</summary>
        public long Guess { get; } = Sizes.Guess(Bytes);
        /// <summary>What the size is a multiple of: 1 where it is static, a product of symbols, null where it is neither.</summary>
        public Expr? Unit { get; } = Linear.Of(Bytes) is { Constant: var constant, Terms: var terms } ? terms.Count == 0 ? 1 : terms.Count == 1 && constant == 0 ? terms.First().Key : null : null;
        public long Units { get; } = Linear.Of(Bytes) is { Constant: var constant, Terms: var terms } && terms.Count == 1 ? terms.First().Value : Linear.Of(Bytes).Constant;
        public long Start { get; set; }
        public long End => Start + Units;
    }

    /// <summary>No name of a value starts with a space.</summary>
    private static string Scratch(int step) => $" scratch {step}";

    private static List<Stretch> Stretches(Program program, Lifetimes lives, Dictionary<string, Expr> scratch)
    {
        var all = program.Slots.Where(s => s.Kind == SlotKind.Arena).Select(s => new Stretch(s.Name, Arena.Aligned(s.Bytes), lives[s.Name].First, lives[s.Name].Last)).ToList();
        foreach (var (call, place) in lives.Places)
            if (scratch[call.Kernel] is var bytes && bytes is not Number { Integer: 0 }) all.Add(new(Scratch(place), Arena.Aligned(bytes), place, place, true));
        return [.. all.OrderByDescending(s => s.Guess).ThenBy(s => s.First).ThenBy(s => s.Name, StringComparer.Ordinal)];
    }

    /// <summary>Places sizes of one unit: the largest first, each in the tightest gap.</summary>
    private static void Fixed(List<Stretch> stretches, Expr unit, ref Expr end)
    {
        var (placed, most) = (new List<Stretch>(), 0L);
        foreach (var stretch in stretches)
        {
            var (at, best, room) = (0L, -1L, long.MaxValue);
            foreach (var other in placed.Where(stretch.Meets).OrderBy(s => s.Start))
            {
                var gap = other.Start - at;
                if (gap >= stretch.Units && gap < room) (best, room) = (at, gap);
                at = Math.Max(at, other.End);
            }
            stretch.Start = best >= 0 ? best : at;
            stretch.Offset = Linear.Simplify(end + unit * stretch.Start);
            most = Math.Max(most, stretch.End);
            placed.Add(stretch);
        }
        end = Linear.Simplify(end + unit * most);
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
            end = Linear.Simplify(end + Arena.Largest(lane.Select(s => s.Bytes)));
        }
    }

    /// <summary>The bytes that live at the step where they are the most; for symbolic sizes, where they are the most at typical dimensions, which no plan can beat either.</summary>
    private static Expr Bound(List<Stretch> stretches, int steps)
    {
        var live = Enumerable.Range(0, steps).Select(i => stretches.Where(s => s.First <= i && i <= s.Last).ToList()).MaxBy(all => all.Sum(s => s.Guess));
        return live is null ? 0 : live.Aggregate((Expr)0, (sum, s) => Linear.Simplify(sum + s.Bytes));
    }
}
