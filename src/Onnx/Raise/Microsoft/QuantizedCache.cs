namespace Lathe.Onnx;

/// <summary>Keys or values that a cache keeps in 8 or 4 bits: number / scale, rounded; 4-bit numbers are two to a byte, each plus 8, the low half first.</summary>
/// <param name="cache">[batch, heads, places, numbers, or pairs of them].</param>
/// <param name="scale">One number, or [1, heads, 1, numbers]; f32.</param>
/// <param name="bits">8 or 4.</param>
/// <param name="kind">Of the attention.</param>
internal sealed class QuantizedCache(Chain chain, TensorType cache, string scale, long bits, Scalar kind)
{
    private const int Middle = 8;

    /// <summary>Numbers as the cache keeps them.</summary>
    public string Quantized(string numbers)
    {
        var scaled = chain.Add("Div", [As(numbers, Scalar.F32), scale]);
        if (cache.Scalar == Scalar.F8E4M3FN) return As(scaled, cache.Scalar);
        Check();
        var (low, high) = bits == 4 ? (-Middle, Middle - 1) : (sbyte.MinValue, sbyte.MaxValue);
        var rounded = chain.Add("Clip", [chain.Add("Round", [scaled]), chain.Number(Scalar.F32, low), chain.Number(Scalar.F32, high)]);
        if (bits == 8) return As(rounded, cache.Scalar);
        var pairs = chain.Add("Reshape", [As(chain.Add("Add", [rounded, chain.Number(Scalar.F32, Middle)]), Scalar.U8), chain.Wholes(0, 0, 0, -1, 2)]);
        string Half(long number) => chain.Add("Gather", [pairs, chain.Number(Scalar.I64, number)], ("axis", 4L));
        return chain.Add("BitwiseOr", [Half(0), chain.Add("BitShift", [Half(1), chain.Number(Scalar.U8, 4)], ("direction", "LEFT"))]);
    }

    /// <summary>The numbers that a cache stands for.</summary>
    public string Read(string kept)
    {
        if (bits == 4 && cache.Scalar == Scalar.U8)
        {
            string New(string half) => chain.Add("Unsqueeze", [half, chain.Wholes(4)]);
            var halves = chain.Add("Concat", [New(chain.Add("BitwiseAnd", [kept, chain.Number(Scalar.U8, 15)])), New(chain.Add("BitShift", [kept, chain.Number(Scalar.U8, 4)], ("direction", "RIGHT")))], ("axis", 4L));
            kept = chain.Add("Sub", [As(chain.Add("Reshape", [halves, chain.Wholes(0, 0, 0, -1)]), Scalar.F32), chain.Number(Scalar.F32, Middle)]);
        }
        return As(chain.Add("Mul", [As(kept, Scalar.F32), scale]), kind);
    }

    private void Check()
    {
        if ((bits, cache.Scalar) is not ((8, Scalar.I8) or (4, Scalar.U8))) throw new TypeException($"a quantized cache must be of i8, f8e4m3fn, or of bytes with two numbers of 4 bits; it is {cache} of {bits} bits");
    }

    private string As(string value, Scalar to) => chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(to)));
}
