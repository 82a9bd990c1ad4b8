namespace Lathe.Onnx;

/// <summary>Weights of 2, 4 or 8 bits, low bits first, a scale and perhaps a zero point for each row or for each block of a row.</summary>
/// <param name="narrow">Bytes [experts, rows, columns / numbers in a byte]; scales [experts, rows] or [experts, rows, blocks]; zero points, in bytes like the weights, or empty for the middle of the range.</param>
/// <param name="block">Numbers that share a scale; 0 for a whole row.</param>
internal sealed class NarrowExperts(RaiseScope scope, Chain chain, (string Codes, string Scales, string Zeros) narrow, string bias, long bits, long block) : ExpertLayer(scope, chain, narrow.Codes, bias)
{
    private Scalar Kind => bits switch { 2 => Scalar.U2, 4 => Scalar.U4, 8 => Scalar.U8, _ => throw new TypeException($"expert_weight_bits must be 2, 4 or 8, it is {bits}") };

    private long PerByte => 8 / bits;

    public override long Columns => Shape[2] * PerByte;

    protected override string Matrix(long expert)
    {
        var codes = Scope.Part(narrow.Codes, Kind, [Shape[1], Columns], expert);
        if (narrow.Scales == "") throw new TypeException("scales of the weights are missing");
        var scales = Of(narrow.Scales, expert);
        var blocks = Scope.Type(narrow.Scales).Rank == 3;
        if (blocks && (block <= 0 || Columns % block != 0)) throw new TypeException($"block_size must divide rows of {Columns} numbers, it is {block}");
        return Chain.Add("DequantizeLinear", [codes, scales, Zeros(expert, blocks ? Columns / block : 0)], ("axis", blocks ? 1L : 0L), ("block_size", blocks ? block : 0L));
    }

    /// <summary>An expert's zero points: those of a row's blocks filled up to a byte, or those of all rows one after another.</summary>
    private string Zeros(long expert, long blocks)
    {
        if (narrow.Zeros == "")
        {
            var (middle, rows) = (1 << (int)(bits - 1), Shape[1]);
            return Chain.Add("Expand", [Chain.Number(Kind, middle), blocks == 0 ? Chain.Wholes(rows) : Chain.Wholes(rows, blocks)]);
        }
        if (blocks == 0) return Scope.Part(narrow.Zeros, Kind, [Shape[1]], expert);
        var filled = (blocks + PerByte - 1) / PerByte * PerByte;
        var zeros = Scope.Part(narrow.Zeros, Kind, [Shape[1], filled], expert);
        return filled == blocks ? zeros : Chain.Add("Slice", [zeros, Chain.Wholes(0), Chain.Wholes(blocks), Chain.Wholes(1)]);
    }
}
