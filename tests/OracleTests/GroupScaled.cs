using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>Another weight format that the product does not have: half bytes around 8, a scale in f16 for each group of four along the first axis.</summary>
public sealed record GroupScaled : Encoding
{
    private const int Group = 4, Middle = 8;

    public override Scalar Scalar => Scalar.F32;

    public override Seq<Plane> Planes(Seq<Expr> shape) => [new("q", Scalar.U4, shape), new("scale", Scalar.F16, shape.With(0, Linear.Simplify((shape[0] + (Group - 1)) / Group)))];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var scale = at.With(0, Linear.Simplify(at[0] / Group));
        Expr Read(Expr? code, Expr? unit) => (storage.Load("q", at, code).As(Scalar.I32) - Middle).As(Scalar.F32) * storage.Load("scale", scale, unit).As(Scalar.F32);
        return outside is null ? Read(null, null) : Expr.Select(Dense.Inside(storage.Type.Shape, at), Read(0, Number.Of(Scalar.F32, 0.0).As(Scalar.F16)), outside);
    }

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Seq<Expr> shape)
    {
        var (rows, row) = ((int)shape[0].Whole, numbers.Length / (int)shape[0].Whole);
        var (codes, scales) = (new double[numbers.Length], new double[(rows + Group - 1) / Group * row]);
        for (var i = 0; i < numbers.Length; i++)
        {
            var group = i / row / Group * row + i % row;
            scales[group] = Math.Max(scales[group], (double)(Half)(Math.Abs(numbers[i]) / (Middle - 1)));
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            var scale = scales[i / row / Group * row + i % row];
            codes[i] = Math.Clamp(scale == 0 ? Middle : Math.Round(numbers[i] / scale) + Middle, 0, 15);
        }
        return [Tensor.Of(Scalar.U4, [numbers.Length], codes).Bytes, Tensor.Of(Scalar.F16, [scales.Length], scales).Bytes];
    }
}
