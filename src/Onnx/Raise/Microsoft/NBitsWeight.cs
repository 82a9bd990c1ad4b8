namespace Lathe.Onnx;

/// <summary>Matrices of 2-, 4- or 8-bit numbers in blocks along a row, as MatMulNBits stores them: [rows, blocks, bytes], low bits first.</summary>
/// <param name="bits">Of a number.</param>
/// <param name="block">Numbers that share a scale and a zero point.</param>
internal sealed class NBitsWeight(long bits, long block, RaiseScope scope, Chain chain)
{
    private Scalar Kind => bits switch { 2 => Scalar.U2, 4 => Scalar.U4, 8 => Scalar.U8, _ => throw new TypeException($"bits must be 2, 4 or 8, it is {bits}") };

    /// <summary>The numbers that the matrix stands for, [rows, columns].</summary>
    /// <param name="packed">The bytes.</param>
    /// <param name="scales">One for each block.</param>
    /// <param name="zeros">Packed like the matrix, each row's filled up to a byte; or of the kind of the scales; empty for the middle of the range.</param>
    public string Read(string packed, string scales, string zeros, long rows, long columns)
    {
        if (block <= 0) throw new TypeException($"block_size must be positive, it is {block}");
        var (blocks, kind) = ((columns + block - 1) / block, scope.Type(scales).Scalar);
        var numbers = scope.Reinterpreted(packed, Kind, rows, blocks * block);
        scales = chain.Add("Reshape", [scales, chain.Wholes(rows, blocks)]);
        string all;
        if (zeros != "" && scope.Type(zeros).Scalar.IsReal)
        {
            string Block(string perBlock) => chain.Add("Reshape", [perBlock, chain.Wholes(rows, blocks, 1)]);
            var wide = chain.Add("Reshape", [chain.Add("Cast", [numbers], ("to", (long)ElementKinds.Number(kind))), chain.Wholes(rows, blocks, block)]);
            all = chain.Add("Reshape", [chain.Add("Mul", [chain.Add("Sub", [wide, Block(zeros)]), Block(scales)]), chain.Wholes(rows, blocks * block)]);
        }
        else
        {
            var perByte = 8 / bits;
            var rowOf = (blocks + perByte - 1) / perByte * perByte;
            var zero = zeros == "" ? chain.Number(Kind, 1 << (int)(bits - 1)) : scope.Reinterpreted(zeros, Kind, rows, rowOf);
            if (zeros != "" && rowOf != blocks) zero = chain.Add("Slice", [zero, chain.Wholes(0), chain.Wholes(blocks), chain.Wholes(1)]);
            all = chain.Add("DequantizeLinear", [numbers, scales, zero], ("axis", 1L), ("block_size", block));
        }
        return blocks * block == columns ? all : chain.Add("Slice", [all, chain.Wholes(0), chain.Wholes(columns), chain.Wholes(1)]);
    }
}
