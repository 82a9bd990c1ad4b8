namespace Lathe.Onnx;

/// <summary>MatMulBnb4: a product with a matrix of 4-bit codes of unevenly spaced numbers, in blocks that share a factor, as bitsandbytes makes them.</summary>
/// <remarks>Operands: a [..., K]; bytes of two codes each, the high one first, row by row of [N, K]; the factor of each block. Tables: arXiv 2305.14314 (NF4), and a sign, two bits of exponent and one of fraction over 12 (FP4).</remarks>
internal sealed class FourBitFloats() : MicrosoftForm("MatMulBnb4")
{
    private static readonly Seq<double> NormalFloat =
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
        0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ];

    private static readonly Seq<double> Float = [.. new[] { 1.0, -1.0 }.SelectMany(sign => new[] { 0, 0.0625, 8, 12, 4, 6, 2, 3 }.Select(n => sign * n / 12))];

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (columns, rows, block) = (node.Int("K", 0), node.Int("N", 0), node.Int("block_size", 0));
        if (columns <= 0 || rows <= 0 || block <= 0) throw new TypeException($"K, N and block_size must be positive, they are {columns}, {rows} and {block}");
        if (node.Int("transB", 1) != 1 || node.Int("training_mode", 0) != 0) throw new TypeException("the matrix is read as [N, K], and not for training");
        var table = node.Int("quant_type", 1) switch { 0 => Float, 1 => NormalFloat, var other => throw new TypeException($"quant_type must be 0 or 1, it is {other}") };
        var (count, kind) = (checked(rows * columns), scope.Type(node.Input(2)).Scalar);
        var (pairs, blocks) = ((count + 1) / 2, (count + block - 1) / block);
        // In memory the low half of a byte counts first.
        var codes = chain.Add("Gather", [scope.Reinterpreted(node.Input(1), Scalar.U4, pairs, 2), chain.Wholes(1, 0)], ("axis", 1L));
        var flat = chain.Add("Slice", [chain.Add("Reshape", [codes, chain.Wholes(-1)]), chain.Wholes(0), chain.Wholes(count), chain.Wholes(0)]);
        var numbers = chain.Add("Gather", [scope.Numbers($"{node.Outputs[0]}.table", kind, [16], table.AsSpan()), chain.Add("Cast", [flat], ("to", (long)ElementKinds.Number(Scalar.I32)))]);
        var whole = blocks * block == count ? numbers : chain.Add("Pad", [numbers, chain.Wholes(0, blocks * block - count)]);
        var scaled = chain.Add("Reshape", [chain.Add("Mul", [chain.Add("Reshape", [whole, chain.Wholes(blocks, block)]), chain.Add("Reshape", [node.Input(2), chain.Wholes(blocks, 1)])]), chain.Wholes(-1)]);
        var matrix = chain.Add("Reshape", [chain.Add("Slice", [scaled, chain.Wholes(0), chain.Wholes(count), chain.Wholes(0)]), chain.Wholes(rows, columns)]);
        chain.Name(chain.Add("MatMul", [node.Input(0), chain.Add("Transpose", [matrix], ("perm", (Seq<long>)[1, 0]))]), node.Outputs[0]);
    }
}
