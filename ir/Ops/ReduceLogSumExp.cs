namespace Lathe.Ir.Ops;

/// <summary>The logarithm of the sum of exp(x) along some axes, shifted by the largest so that exp cannot overflow. ONNX ReduceLogSumExp, opset 18.</summary>
/// <param name="Keepdims">Whether reduced axes stay, with extent 1.</param>
/// <param name="NoopWithEmptyAxes">What no axes mean: none instead of all.</param>
public sealed record ReduceLogSumExp(bool Keepdims = true, bool NoopWithEmptyAxes = false) : Reduction(Keepdims, NoopWithEmptyAxes)
{
    protected override Expr Fold(Seq<Expr> extents, Func<Seq<Expr>, Expr> read)
    {
        // Whole numbers may stand here too; nothing but the result is one then.
        if (read([.. extents.Select(_ => (Expr)0)]).Type is { IsReal: false } whole) return Fold(extents, k => read(k).As(Scalar.F64)).As(whole);
        var largest = Expr.Largest(extents, read);
        var shift = Expr.Select(Call.Of(Function.IsInf, largest), 0, largest);
        return Expr.Log(Expr.Sum(extents, k => Expr.Exp(read(k) - shift))) + shift;
    }

    public override IEnumerable<Example> Examples() => base.Examples().Append(new(this, Operand.Of(Scalar.I32, 3, 5), Operand.Wholes(1)));
}
