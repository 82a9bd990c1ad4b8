using Lathe.Ir;
using Lathe.Passes;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Gpu;

/// <summary>Where the threads of a warp read and store at one time, worked out from the indices of a mapped kernel: no device is asked.</summary>
internal sealed class WarpAccess
{
    private const int Warp = 32, Banks = 32, Word = 4, Sector = 32;

    private readonly List<long> places, turns;
    private readonly int run;

    private WarpAccess(Buffer buffer, List<long> places, List<long> turns, int run) => (Buffer, this.places, this.turns, this.run) = (buffer, places, turns, run);

    public Buffer Buffer { get; }

    /// <summary>How often shared memory is asked for what could come at once: 1 is free of conflicts. Accesses of 16 bytes are answered to eight threads at a time.</summary>
    public int BankConflicts
    {
        get
        {
            var bytes = Buffer.Scalar.Bits / 8;
            var together = Math.Max(1, Warp / Math.Max(1, run * bytes / Word));
            return places.Chunk(together).Max(lanes => lanes.SelectMany(p => Enumerable.Range(0, run).Select(i => (p + i) * bytes / Word)).Distinct().GroupBy(word => word % Banks).Max(bank => bank.Count()));
        }
    }

    /// <summary>Bytes that memory moves for each byte that is asked for by the statement written out: 1 is coalesced.</summary>
    public double Moved
    {
        get
        {
            var bytes = Buffer.Scalar.Bits / 8;
            var asked = places.SelectMany(p => turns.Select(i => (p + i) * bytes)).Distinct().ToList();
            return asked.Select(b => b / Sector).Distinct().Count() * (double)Sector / (asked.Count * bytes);
        }
    }

    /// <summary>The accesses of a kernel's groups, registers left out, as the first warp does them in the first iteration of the loops around.</summary>
    public static IEnumerable<(bool IsStore, WarpAccess Access)> Of(Kernel kernel)
    {
        foreach (var threads in kernel.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Threads))
        {
            var unrolled = threads.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Unroll).Select(l => l.Axis).ToList();
            foreach (var store in threads.All.OfType<Store>())
            {
                if (store.Buffer.Space != Space.Registers) yield return (true, At(threads.Axis, unrolled, store.Buffer, store.At));
                foreach (var load in store.Value.Parts().OfType<Load>().Where(l => l.Buffer.Space != Space.Registers)) yield return (false, At(threads.Axis, unrolled, load.Buffer, load.At));
            }
        }
    }

    private static WarpAccess At(Axis thread, List<Axis> unrolled, Buffer buffer, Seq<Expr> at)
    {
        var flat = buffer.Flat(at);
        long Place(long t, Axis? one, long i) => Linear.Simplify(flat.Replace(p => p == thread ? t : one is not null && p == one ? i : p is Axis or Symbol ? 0 : null)).Whole;
        // What an unrolled index walks side by side is one access, up to 16 bytes.
        var run = 1;
        foreach (var axis in unrolled.Where(flat.Mentions))
            for (var longer = 16 * 8 / buffer.Scalar.Bits; longer > 1; longer /= 2)
                if (axis.Extent.Whole % longer == 0 && Enumerable.Range(0, longer).All(i => Place(0, axis, i) == Place(0, null, 0) + i)) { run = Math.Max(run, longer); break; }
        var turns = unrolled.Where(flat.Mentions).Aggregate(new List<long> { 0 }, (all, axis) =>
        {
            var steps = Enumerable.Range(0, (int)axis.Extent.Whole).Select(i => Place(0, axis, i) - Place(0, null, 0)).Distinct().ToList();
            return [.. all.SelectMany(_ => steps, (sum, step) => sum + step).Distinct()];
        });
        return new(buffer, [.. Enumerable.Range(0, Warp).Select(t => Place(t, null, 0))], turns, run);
    }
}
