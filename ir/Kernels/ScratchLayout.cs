namespace Lathe.Ir;

/// <summary>Where a kernel's arena scratch lies: offsets from one base pointer, agreed on by the memory planner and every target.</summary>
/// <remarks>
/// Scratch inside a parallel loop has a slice for each iteration: iterations may run at once. Only the outermost parallel loop counts;
/// one inside another runs as a plain loop. Scratches whose lifetimes do not overlap share their place.
/// </remarks>
public sealed class ScratchLayout
{
    public const int Alignment = 64;

    private readonly Dictionary<Scratch, Expr> offsets = new(ReferenceEqualityComparer.Instance);

    private ScratchLayout() { }

    /// <summary>Bytes the kernel needs.</summary>
    public Expr Bytes { get; private set; } = 0;

    /// <summary>Byte offset of a scratch, an expression over the parallel axis around it.</summary>
    /// <remarks>By the statement: arrays of one name and shape may lie in several places.</remarks>
    public Expr Offset(Scratch scratch) => offsets[scratch];

    public static ScratchLayout Of(Kernel kernel)
    {
        var layout = new ScratchLayout();
        layout.Bytes = layout.Place(kernel.Body, 0, false);
        return layout;
    }

    /// <summary>Places the scratches of a statement from a base on; the end of what it needs.</summary>
    private Expr Place(Stmt stmt, Expr from, bool parallel)
    {
        switch (stmt)
        {
            case Scratch { Buffer.Space: Space.Arena } s:
                if (offsets.TryGetValue(s, out var before) && before != from) throw new InvalidOperationException($"%{s.Buffer.Name} is one statement at two places");
                offsets[s] = from;
                // Numbers of less than a byte fill a last one in part.
                var size = s.Buffer.Scalar.Bits < 8 ? (s.Buffer.Size * s.Buffer.Scalar.Bits + 7) / 8 : s.Buffer.Size * s.Buffer.Scalar.Bits / 8;
                var bytes = (size + (Alignment - 1)) / Alignment * Alignment;
                return Place(s.Body, Linear.Simplify(from + bytes), parallel);
            case Loop { Kind: LoopKind.Parallel } l when !parallel:
                var slice = Place(l.Body, 0, true);
                if (slice is Number { Integer: 0 }) return from;
                foreach (var s in l.Body.All.OfType<Scratch>().Where(s => s.Buffer.Space == Space.Arena).Distinct<Scratch>(ReferenceEqualityComparer.Instance))
                    offsets[s] = Linear.Simplify(from + l.Axis * slice + offsets[s]);
                return Linear.Simplify(from + slice * l.Axis.Extent);
            default:
                return stmt.Inner.Aggregate(from, (most, inner) => Linear.Simplify(Expr.Max(most, Place(inner, from, parallel))));
        }
    }
}
