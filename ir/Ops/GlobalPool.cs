namespace Lathe.Ir.Ops;

/// <summary>Makes one number of each channel of an image.</summary>
/// <remarks>Shapes: x [N, C, spatial…]; result [N, C, 1…].</remarks>
public abstract record GlobalPool : FormulaOp
{
    /// <summary>What becomes of the numbers that <paramref name="read"/> gives over the spatial extents.</summary>
    protected abstract Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read);

    protected override TensorType InferOne(Operands x)
    {
        Require(x.Shape(0).Count >= 2, $"the image must be [N, C, spatial…], it is {x.Type(0)}");
        return new([.. x.Shape(0).Select((extent, axis) => axis < 2 ? extent : 1)], x.Real(0).Scalar);
    }

    public sealed override Expr At(Operands x, Seq<Expr> at, int result) => Fold(x.Shape(0)[2..], k => x[0]([.. at[..2], .. k]));

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5, 7)), new(this, Operand.F32(1, 19, 4)), new(this, Operand.Of(Scalar.F16, 1, 2, 3, 3))];
}
