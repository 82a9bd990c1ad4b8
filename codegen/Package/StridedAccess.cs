using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>How a kernel finds a number of a tensor whose strides a caller gives.</summary>
/// <param name="seen">The tensor as the kernel was made to see it: dense, perhaps in another shape of as many numbers.</param>
/// <param name="shape">The tensor's own.</param>
internal sealed class StridedAccess(Buffer seen, Shape shape, Seq<Expr> strides)
{
    private readonly bool asDeclared = seen.Order is [] && seen.Shape.Count == shape.Count && seen.Shape.Zip(shape).All(e => Linear.ProvesEqual(e.First, e.Second));

    private Buffer Buffer { get; } = new(seen.Name, seen.Scalar, shape, Apart: strides);

    public BufferAccess Access => new(Buffer, Read, Set);

    private Expr Read(Seq<Expr> at, Expr? outside)
    {
        if (asDeclared || outside is null) return Load.Of(Buffer, Index(at), outside);
        // Outside is said of the axes that the kernel sees: asked before the place is taken apart, and no wrong place is read.
        var inside = at.Zip(seen.Shape).Aggregate((Expr)Number.Of(Scalar.Bool, 1), (all, axis) => all & 0 <= axis.First & axis.First < axis.Second);
        return Expr.Select(inside, Load.Of(Buffer, Index([.. at.Zip(seen.Shape, (index, extent) => Expr.Max(0, Expr.Min(index, extent - 1)))])), outside);
    }

    private Stmt Set(Seq<Expr> at, Expr value) => new Store(Buffer, Index(at), value);

    private Seq<Expr> Index(Seq<Expr> at) => asDeclared ? at : Apart(seen.Flat(at));

    /// <summary>The index along each axis of the tensor of a number counted from its start.</summary>
    private Seq<Expr> Apart(Expr place)
    {
        var index = new Expr[shape.Count];
        Expr inner = 1;
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            index[axis] = shape[axis] is Number { Integer: 1 } ? 0 : Linear.Simplify(axis == 0 ? place / inner : place / inner % shape[axis]);
            inner = Linear.Simplify(inner * shape[axis]);
        }
        return [.. index];
    }
}
