using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>An array between the stages of a <see cref="RowChain"/>: which of its axes count the rows.</summary>
/// <param name="buffer">As the lowered kernel has it, whole.</param>
internal sealed class ChainLink(Buffer buffer)
{
    /// <summary>A line of cache, in numbers of f32.</summary>
    private const int Line = 16;

    private const int UsualTileRows = 8;

    private readonly List<int> rows = [];

    public Buffer Buffer => buffer;

    /// <summary>Bytes of one row; counted once the chain is known.</summary>
    public long RowBytes => buffer.Shape.Index().Where(p => !rows.Contains(p.Index)).Aggregate(buffer.Scalar.Bits / 8L, (bytes, p) => bytes * Sizes.Guess(p.Item));

    /// <summary>Whether every stage that touches the array does so at its own row along one axis more: that of the loop at this depth.</summary>
    /// <param name="inside">Whether reads may lie outside along other axes.</param>
    public bool Follows(Seq<Stmt> stages, List<List<Axis>> loops, int depth, bool inside = false)
    {
        for (var axis = 0; axis < buffer.Shape.Count; axis++)
        {
            if (rows.Contains(axis) || !stages.Zip(loops).All(p => Touches(p.First, inside).All(at => at is not null && at.Value[axis] == p.Second[depth]))) continue;
            rows.Add(axis);
            return true;
        }
        return false;
    }

    /// <summary>Takes an axis as that of the loop at this depth.</summary>
    public void Take(int axis, int depth)
    {
        Keep(depth);
        rows.Add(axis);
    }

    /// <summary>Along how many loops, from the outermost, the array is cut: those over a batch and that over rows.</summary>
    public int Depth => rows.Count;

    /// <summary>Cuts along no more than so many.</summary>
    public void Keep(int depth) => rows.RemoveRange(depth, rows.Count - depth);

    /// <summary>Whether a row has a size that is known.</summary>
    public bool IsKnown => buffer.Shape.Index().All(p => rows.Contains(p.Index) || p.Item is Number);

    /// <summary>Whether each row is the longer the more rows there are, as one of the scores between all positions of a text.</summary>
    public bool GrowsWith(Expr extent) => extent.Parts().OfType<Symbol>().Any(symbol => buffer.Shape.Index().Any(p => !rows.Contains(p.Index) && p.Item.Parts().Contains(symbol)));

    /// <summary>Whether rows begin at bytes.</summary>
    public bool HasWholeBytes => buffer.Scalar.Bits % 8 == 0;

    /// <summary>The array for some rows of one product of the batch.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="place">The row that lies first in it.</param>
    /// <param name="whole">Whether what lies outside is read as something else, so that its other axes must end where they do.</param>
    public ChainLocal Local(long count, Expr place, Machine machine, bool whole = false)
    {
        var tile = rows[^1];
        var inner = buffer.Order is [] ? buffer.Shape.Count - 1 : buffer.Order[^1];
        var local = buffer with
        {
            Space = Space.Argument,
            Shape = [.. buffer.Shape.Select((extent, axis) => axis == tile ? count : rows.Contains(axis) ? 1
                : axis == inner && !whole && buffer.Scalar == Scalar.F32 && extent is Number { Integer: var wide } && machine.Collides(UsualTileRows, wide) ? extent + Line : extent).Select(Linear.Simplify)],
        };
        Seq<Expr> At(Seq<Expr> at) => [.. at.Select((e, axis) => axis == tile ? Linear.Simplify(e - place) : rows.Contains(axis) ? 0 : e)];
        return new(this, local, local with { Space = Space.Arena }, new(local, (at, outside) => Load.Of(local, At(at), outside), (at, value) => new Store(local, At(at), value)));
    }

    /// <summary>Where a stage reads and stores; null where a read may lie outside.</summary>
    private IEnumerable<Seq<Expr>?> Touches(Stmt stage, bool inside) =>
        stage.Loads.Where(l => l.Buffer == buffer).Select(l => inside || l.Outside is null ? l.At : (Seq<Expr>?)null).Concat(stage.All.OfType<Store>().Where(s => s.Buffer == buffer).Select(s => (Seq<Expr>?)s.At));
}

/// <summary>What stands for an array in one part of a chain: an argument of each stage as that is scheduled, then scratch.</summary>
internal sealed record ChainLocal(ChainLink Link, Buffer Argument, Buffer Scratch, BufferAccess Access);
