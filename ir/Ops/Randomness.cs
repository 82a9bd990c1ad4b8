namespace Lathe.Ir.Ops;

/// <summary>Numbers that look drawn at random and depend on a seed and a place alone: splitmix64 (Steele, Lea and Flood 2014) of both.</summary>
internal static class Randomness
{
    private const long Golden = unchecked((long)0x9E3779B97F4A7C15), First = unchecked((long)0xBF58476D1CE4E5B9), Second = unchecked((long)0x94D049BB133111EB);

    /// <summary>A number from 0 up to but without 1, in f32 (24 bits of it) or f64 (53 bits).</summary>
    /// <param name="stream">Tells numbers of one place apart.</param>
    public static Expr Uniform(float seed, Seq<Expr> shape, Seq<Expr> at, Scalar kind, int stream = 0)
    {
        var z = (Indexing.Flat(shape, at) * 4 + (stream + 1)).As(Scalar.U64) * Word(Golden) + Word(BitConverter.SingleToInt32Bits(seed) * Golden);
        z = (z ^ (z >> 30)) * Word(First);
        z = (z ^ (z >> 27)) * Word(Second);
        z ^= z >> 31;
        return kind == Scalar.F64 ? (z >> 11).As(Scalar.I64).As(Scalar.F64) * Math.ScaleB(1, -53) : (z >> 40).As(Scalar.I64).As(Scalar.F32) * Math.ScaleB(1, -24);
    }

    /// <summary>A number of mean 0 and deviation 1 (Box and Muller 1958).</summary>
    public static Expr Normal(float seed, Seq<Expr> shape, Seq<Expr> at, Scalar kind)
    {
        var (radius, angle) = (Uniform(seed, shape, at, kind), Uniform(seed, shape, at, kind, 1));
        return Expr.Sqrt(Expr.Log(1.0 - radius) * -2.0) * Call.Of(Function.Cos, angle * (2 * Math.PI));
    }

    private static Expr Word(long bits) => Number.Of(Scalar.U64, bits);
}
