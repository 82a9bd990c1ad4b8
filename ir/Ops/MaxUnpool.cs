namespace Lathe.Ir.Ops;

/// <summary>Puts numbers where a max pool took them from; 0 elsewhere. ONNX MaxUnpool, opset 22.</summary>
/// <param name="KernelShape">Extent of the pool's window.</param>
/// <param name="Pads">Padding of the pool.</param>
/// <param name="Strides">Steps of the pool.</param>
/// <remarks>Operands: x; places in row-major order, of the shape of x; optionally the shape of the result.</remarks>
public sealed record MaxUnpool(Seq<long> KernelShape, Seq<long> Pads = default, Seq<long> Strides = default) : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Whole(1).Rank == x.Type(0).Rank && KernelShape.Count == x.Type(0).Rank - 2, $"places {x.Type(1)} and the window {KernelShape} for {x.Type(0)}");
        return [new(x.Has(2) ? x.MustKnow(2, "the shape of the result") : Unpooled(x), x.Numeric(0).Scalar)];
    }

    private Seq<Expr> Unpooled(Operands x) => [.. x.Shape(0).Select((extent, axis) => axis < 2 ? extent
        : Linear.Simplify((extent - 1) * (Strides is [] ? 1 : Strides[axis - 2]) + KernelShape[axis - 2] - (Pads is [] ? 0 : Pads[axis - 2] + Pads[axis - 2 + KernelShape.Count])))];

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        // Places are counted in the image that was pooled; a given shape may be larger than it.
        var pooled = Unpooled(x);
        return Stmts.Do(
            Scattering.Over(results[0].Shape, at => results[0].Set(at, Number.Of(x.Scalar(0).Arithmetic, 0L).As(results[0].Scalar))),
            Scattering.Over(x.Shape(0), at =>
            {
                var place = Indexing.Split(pooled, x[1](at).As(Scalar.I64));
                var inside = Dense.Inside(results[0].Shape, place);
                return Stmts.When(inside, results[0].Set(place, x[0](at).As(results[0].Scalar)));
            }));
    }

    public override IEnumerable<Example> Examples() =>
        [new(this with { KernelShape = [2, 2], Strides = [2, 2] }, Operand.F32(1, 1, 2, 2), Operand.Constant(Scalar.I64, [1, 1, 2, 2], 5, 7, 13, 15))];
}
