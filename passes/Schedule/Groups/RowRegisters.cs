using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// Rows that a kernel meets several times on its way (a softmax reads its input for the maximum and again for the sum, and stores what it reads once more):
/// each thread holds its part in registers, so that memory gives every number once and takes every result once.
/// </summary>
internal sealed class RowRegisters
{
    /// <summary>Registers of a thread for one row, and rows that are held.</summary>
    private const int MostSlots = 16, MostRows = 3;

    private readonly List<Held> rows;
    private readonly Dictionary<(Buffer, long, Expr), Held> byPlace;
    private readonly IReadOnlyList<Axis> around;
    private readonly long length;

    private RowRegisters(List<Held> rows, IReadOnlyList<Axis> around, long length, int threads, int run)
    {
        (this.rows, this.around, this.length, Threads, Run) = (rows, around, length, threads, run);
        byPlace = rows.ToDictionary(r => (r.Buffer, r.Step, r.Start));
        // Several rows may be one buffer's.
        foreach (var (i, row) in rows.Index()) row.Registers = new(FormattableString.Invariant($"{row.Buffer.Name}.row{i}"), row.Buffer.Scalar, [threads, Placement.Up(length, (long)threads * run) * run], Space.Registers);
    }

    public int Threads { get; }

    /// <summary>Neighbours that a thread takes at once.</summary>
    public int Run { get; }

    /// <summary>A row of a buffer: where number i of it lies, <c>start + step · i</c>, and as its first use says it.</summary>
    private sealed class Held(Buffer buffer, long step, Expr start, Axis along, Seq<Expr> at)
    {
        public Buffer Buffer => buffer;
        public long Step => step;
        public Expr Start => start;
        public Axis Along => along;
        public Seq<Expr> At => at;
        public Buffer Registers { get; set; } = null!;

        /// <summary>Whether its first use is a read.</summary>
        public bool IsRead { get; set; }

        /// <summary>The store that leaves what stays; null where there is none.</summary>
        public Store? Last { get; set; }
        public int Uses { get; set; }
    }

    /// <summary>A way along the row: a loop, or what a reduction folds.</summary>
    private readonly record struct Pass(Axis Along, Seq<Load> Loads, Seq<Store> Stores);

    /// <summary>Null where nothing is met twice, rows are of no known length, or too long.</summary>
    /// <param name="body">What is done to one row.</param>
    /// <param name="around">Indices of the rows.</param>
    public static RowRegisters? Find(Stmt body, IReadOnlyList<Axis> around, GpuDeviceModel device)
    {
        var passes = new List<Pass>();
        if (body.All.Any(s => s is Guard) || !Collect(body, passes) || passes.Select(p => p.Along.Extent).Distinct().ToList() is not [Number { Integer: var length }]) return null;
        var threads = length switch { <= 64 => 32, <= 256 => 64, <= 1024 => 128, <= 4096 => 256, _ => 512 };
        threads = Math.Min(threads, device.MostThreads);
        if (length > (long)threads * MostSlots) return null;
        var rows = Candidates(body, passes, around).OrderByDescending(r => r.Uses).Take(MostRows).ToList();
        return rows.Count == 0 ? null : new(rows, around, length, threads, RunOf(rows, length, threads));
    }

    /// <summary>Takes down the ways along the row in their order; false where one is none.</summary>
    private static bool Collect(Stmt stmt, List<Pass> passes)
    {
        switch (stmt)
        {
            case Loop loop:
                passes.Add(new(loop.Axis, [.. loop.Body.Loads], [.. loop.Body.All.OfType<Store>()]));
                return true;
            case Store store:
                foreach (var reduce in store.Value.Parts().OfType<Reduce>().Distinct())
                {
                    if (reduce.Axes is not [var along] || reduce.Body.Parts().Any(p => p is Reduce)) return false;
                    passes.Add(new(along, [.. reduce.Body.Parts().OfType<Load>()], []));
                }
                return true;
            default: return stmt.Inner.All(inner => Collect(inner, passes));
        }
    }

    private static IEnumerable<Held> Candidates(Stmt body, List<Pass> passes, IReadOnlyList<Axis> around)
    {
        var loads = body.Loads.ToList();
        var stores = body.All.OfType<Store>().ToList();
        foreach (var buffer in loads.Select(l => l.Buffer).Concat(stores.Select(s => s.Buffer)).Where(b => b.Space == Space.Argument && b.Scalar.Bits >= 8).Distinct())
        {
            var found = new Dictionary<(long, Expr), Held>();
            var isWhole = true;
            foreach (var pass in passes)
            {
                var met = new HashSet<Held>();
                foreach (var load in pass.Loads.Where(l => l.Buffer == buffer))
                    if (Find(load.At, pass, load.Outside is null) is { } held && met.Add(held) && held.Uses++ == 0) held.IsRead = true;
                foreach (var store in pass.Stores.Where(s => s.Buffer == buffer))
                {
                    if (Find(store.At, pass, true) is not { } held) continue;
                    if (met.Add(held)) held.Uses++;
                    held.Last = store;
                }
            }
            // What is stored must be met in this one way alone: any other would find in memory what is only in registers.
            var isStored = stores.Exists(s => s.Buffer == buffer);
            var inPasses = passes.Sum(p => p.Loads.Count(l => l.Buffer == buffer) + p.Stores.Count(s => s.Buffer == buffer));
            if (isStored && (!isWhole || found.Count != 1 || inPasses != loads.Count(l => l.Buffer == buffer) + stores.Count(s => s.Buffer == buffer))) continue;
            foreach (var held in found.Values.Where(h => h.Uses > 1)) yield return held;

            Held? Find(Seq<Expr> at, Pass pass, bool isPlain)
            {
                if (isPlain && Place(buffer, at, pass.Along, around) is { } place) return found.TryGetValue(place, out var known) ? known : found[place] = new(buffer, place.Step, place.Start, pass.Along, at);
                isWhole = false;
                return null;
            }
        }
    }

    /// <summary>Where number i of the row lies; null where that is no line, or depends on more than the row.</summary>
    private static (long Step, Expr Start)? Place(Buffer buffer, Seq<Expr> at, Axis along, IReadOnlyList<Axis> around)
    {
        var flat = Linear.Simplify(buffer.Flat(at));
        var step = Linear.Of(flat)[along];
        var start = Linear.Simplify(flat - along * step);
        return step == 0 || start.Parts().Any(p => p is Load or Axis && !around.Contains(p)) ? null : (step, start);
    }

    /// <summary>What lies in 16 bytes where the row is whole turns of all threads; as much of it as is not.</summary>
    private static int RunOf(List<Held> rows, long length, int threads)
    {
        var most = rows.Where(r => r.Step == 1).Select(r => 128 / r.Buffer.Scalar.Bits).DefaultIfEmpty(1).Min();
        List<int> all = [.. Enumerable.Range(0, 5).Select(power => 1 << power).Where(run => run <= most && length % run == 0 && (run == 1 || length >= (long)threads * run))];
        return all.LastOrDefault(run => length % (threads * run) == 0, all[^1]);
    }

    /// <summary>Around what is done to the row: the registers, filled with what is read first.</summary>
    /// <param name="share">Iterations of a thread, by the thread, the number of the row and its register.</param>
    public Stmt Around(Axis thread, Func<Expr, Expr, Func<Expr, Expr, Stmt>, Stmt> share, Stmt body)
    {
        var filled = rows.Where(r => r.IsRead).ToList();
        Stmt Fill(Expr t, Expr i, Expr slot) => Do(filled.Select(r => r.Registers.Set([t, slot], r.Buffer[r.At.Placed([(r.Along, i)])])));
        var steps = filled.Count == 0 ? body : Do(Stmts.Threads(thread, t => share(length, t, (i, slot) => Fill(t, i, slot))), body);
        return rows.Aggregate(steps, (inside, row) => new Scratch(row.Registers, inside));
    }

    /// <summary>A formula with registers in place of what they hold.</summary>
    public Expr Read(Expr e, Axis along, Expr t, Expr slot) =>
        e.Replace(p => p is Load { Outside: null } l && Of(l.Buffer, l.At, along) is { } row ? row.Registers[t, slot] : null);

    /// <summary>A statement of a way along the row with registers in place of what they hold; only what stays is stored.</summary>
    public Stmt Map(Stmt stmt, Axis along, Expr t, Expr slot) => stmt switch
    {
        Store s when Of(s.Buffer, s.At, along) is { } row => row.Registers.Set([t, slot], Read(s.Value, along, t, slot)) is var kept && ReferenceEquals(row.Last, s) ? Do(kept, s.Buffer.Set(s.At, row.Registers[t, slot])) : kept,
        Loop l => new Loop(l.Kind, l.Axis, Map(l.Body, along, t, slot)),
        Block b => new Block([.. b.Steps.Select(s => Map(s, along, t, slot))]),
        Scratch s => new Scratch(s.Buffer, Map(s.Body, along, t, slot)),
        _ => stmt.Map(e => Read(e, along, t, slot)),
    };

    private Held? Of(Buffer buffer, Seq<Expr> at, Axis along) =>
        Place(buffer, at, along, around) is { } place ? byPlace.GetValueOrDefault((buffer, place.Step, place.Start)) : null;
}
