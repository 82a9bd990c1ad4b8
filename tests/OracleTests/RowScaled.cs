using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>A weight format that the product does not have: bytes with a scale for each index of the first axis. Nothing outside this file knows it.</summary>
public sealed record RowScaled : Encoding
{
    public override Scalar Scalar => Scalar.F32;

    public override Seq<Plane> Planes(Seq<Expr> shape) => [new("q", Scalar.I8, shape), new("scale", Scalar.F32, [shape[0]])];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside) => outside is null
        ? storage.Load("q", at).As(Scalar.F32) * storage.Load("scale", [at[0]])
        : Expr.Select(Dense.Inside(storage.Type.Shape, at), storage.Load("q", at, 0).As(Scalar.F32) * storage.Load("scale", [at[0]], 0), outside);

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Seq<Expr> shape)
    {
        var rows = (int)shape[0].Whole;
        var (codes, scales, row) = (new sbyte[numbers.Length], new float[rows], numbers.Length / rows);
        for (var r = 0; r < rows; r++)
        {
            foreach (var number in numbers.Slice(r * row, row)) scales[r] = Math.Max(scales[r], Math.Abs(number) / 127);
            for (var i = r * row; i < (r + 1) * row; i++) codes[i] = scales[r] == 0 ? (sbyte)0 : (sbyte)MathF.Round(numbers[i] / scales[r]);
        }
        return [Bytes.Of<sbyte>(codes), Bytes.Of<float>(scales)];
    }
}
