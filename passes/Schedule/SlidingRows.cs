using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Finds the rows along which stages follow one another where windows slide over them, as in an inverted residual block: the 1×1 convolution that widens,
/// the depthwise one, and the 1×1 that narrows (arXiv 1801.04381).
/// </summary>
/// <remarks>Each stage is one store in a nest of loops, which may stand in any order: the loop over rows is taken outwards.</remarks>
internal sealed class SlidingRows
{
    private readonly Seq<Stmt> stages;
    private readonly Seq<ChainLink> links;
    private readonly List<List<Axis>> loops;
    private readonly List<Store> stores;

    private SlidingRows(Seq<Stmt> stages, Seq<ChainLink> links) => (this.stages, this.links, loops, stores) = (stages, links, stages.Select(RowChain.Loops).ToList(), stages.Select(s => s.All.OfType<Store>().Last()).ToList());

    /// <summary>The stages with the loop over rows behind those over a batch, the extents of the batch, and the rows of each stage; null where there are no such rows. Rows over which no window slides are taken where there are no others, of those the shortest.</summary>
    public static (Seq<Stmt> Stages, Seq<Expr> Batch, ChainRows Rows)? Find(Seq<Stmt> stages, Seq<ChainLink> links)
    {
        if (stages.Any(s => s.All.Any(inside => inside is not (Loop { Kind: LoopKind.For } or Store)) || s.All.OfType<Store>().Count() != 1)) return null;
        return new SlidingRows(stages, links).Found();
    }

    private (Seq<Stmt>, Seq<Expr>, ChainRows)? Found()
    {
        // What lies outermost in memory is the batch; rows lie behind it, channels may be between.
        var (output, batch, isBatch) = (stores[^1], 0, true);
        (Axis[] Axes, ChainRows Rows, int Batch)? found = null;
        var order = output.Buffer.Order is [] ? Enumerable.Range(0, output.At.Count) : output.Buffer.Order;
        foreach (var axis in order)
        {
            if (output.At[axis] is not Axis loop) continue;
            if (Along(loop, batch) is var (axes, rows) && (found is null || rows.Slides || batch > found.Value.Batch)) found = (axes, rows, batch);
            if (found is { Rows.Slides: true }) break;
            isBatch = isBatch && loops.TrueForAll(l => l.Count > batch && Linear.ProvesEqual(l[batch].Extent, loops[0][batch].Extent)) && loops[^1][batch] == loop && links.All(link => link.Follows(stages, loops, batch, inside: true));
            if (isBatch) batch++;
        }
        if (found is not { } best) return null;
        foreach (var passed in best.Rows.Between) passed.Link.Take(passed.Window.Axis, best.Batch);
        return ([.. stages.Select((stage, i) => Outwards(i, best.Batch, best.Axes[i]))], [.. loops[0].Take(best.Batch).Select(l => l.Extent)], best.Rows);
    }

    /// <summary>The rows of all stages, where this loop of the last one runs along them.</summary>
    private (Axis[] Axes, ChainRows Rows)? Along(Axis last, int batch)
    {
        var axes = new Axis?[stages.Count];
        axes[^1] = last;
        var between = new List<ChainRows.Passed>();
        for (var to = stages.Count - 1; to >= 0; to--)
        {
            if (axes[to] is not { } row || row.Extent is not Number || loops[to].Take(batch).Contains(row)) return null;
            foreach (var link in links)
            {
                var reads = stages[to].Loads.Where(l => l.Buffer == link.Buffer).ToList();
                if (reads.Count == 0) continue;
                var from = stores.FindIndex(store => store.Buffer == link.Buffer);
                if (from < 0 || from >= to || axes[from] is not null || ChainWindow.Find(reads, row) is not { } window) return null;
                if (stores[from].At[window.Axis] is not Axis made || made.Extent != link.Buffer.Shape[window.Axis] || stores[from].At.Index().Any(p => p.Index != window.Axis && p.Item.Mentions(made))) return null;
                axes[from] = made;
                between.Add(new(link, from, to, window));
            }
        }
        // An array that nobody reads, or two read, is no link.
        if (between.Count != links.Count || between.Select(b => b.Link).Distinct().Count() != links.Count) return null;
        return ([.. axes.OfType<Axis>()], new([.. axes.OfType<Axis>().Select(a => a.Extent)], [.. between]));
    }

    private Stmt Outwards(int index, int batch, Axis row) => Stmts.Nest(LoopKind.For, [.. loops[index].Take(batch), row, .. loops[index].Skip(batch).Where(l => l != row)], stores[index]);
}
