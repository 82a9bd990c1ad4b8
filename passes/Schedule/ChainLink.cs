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
    public long RowBytes => buffer.Shape.Index().Where(p => !rows.Contains(p.Index)).Aggregate(buffer.Scalar.Bits / 8L, (bytes, p) => bytes * p.Item.Whole);

    /// <summary>Whether every stage that touches the array does so at its own row along one axis more: that of the loop at this depth.</summary>
    public bool Follows(Seq<Stmt> stages, List<List<Axis>> loops, int depth)
    {
        for (var axis = 0; axis < buffer.Shape.Count; axis++)
        {
            if (rows.Contains(axis) || !stages.Zip(loops).All(p => Touches(p.First).All(at => at is not null && at.Value[axis] == p.Second[depth]))) continue;
            rows.Add(axis);
            return true;
        }
        return false;
    }

    /// <summary>Whether a row has a size that is known.</summary>
    public bool IsKnown(int depth)
    {
        rows.RemoveRange(depth, rows.Count - depth);
        return buffer.Scalar.Bits % 8 == 0 && buffer.Shape.Index().All(p => rows.Contains(p.Index) || p.Item is Number);
    }

    /// <summary>The array for some rows of one product of the batch.</summary>
    /// <param name="depth">How many loops the stages share.</param>
    /// <param name="count">Rows.</param>
    /// <param name="places">Where they begin, for each loop.</param>
    public ChainLocal Local(int depth, long count, Symbol[] places, Machine machine)
    {
        var tile = rows[depth - 1];
        var inner = buffer.Order is [] ? buffer.Shape.Count - 1 : buffer.Order[^1];
        var local = buffer with
        {
            Space = Space.Argument,
            Shape = [.. buffer.Shape.Select((extent, axis) => axis == tile ? count : rows.Contains(axis) ? 1
                : axis == inner && buffer.Scalar == Scalar.F32 && machine.Collides(UsualTileRows, extent.Whole) ? extent + Line : extent).Select(Linear.Simplify)],
        };
        Seq<Expr> At(Seq<Expr> at) => [.. at.Select((e, axis) => axis == tile ? Linear.Simplify(e - places[depth - 1]) : rows.Contains(axis) ? 0 : e)];
        return new(this, local, local with { Space = Space.Arena }, new(local, (at, outside) => Load.Of(local, At(at), outside), (at, value) => new Store(local, At(at), value)));
    }

    /// <summary>Where a stage reads and stores; null where a read may lie outside.</summary>
    private IEnumerable<Seq<Expr>?> Touches(Stmt stage) =>
        stage.Loads.Where(l => l.Buffer == buffer).Select(l => l.Outside is null ? l.At : (Seq<Expr>?)null).Concat(stage.All.OfType<Store>().Where(s => s.Buffer == buffer).Select(s => (Seq<Expr>?)s.At));
}

/// <summary>What stands for an array in one part of a chain: an argument of each stage as that is scheduled, then scratch.</summary>
internal sealed record ChainLocal(ChainLink Link, Buffer Argument, Buffer Scratch, BufferAccess Access);
