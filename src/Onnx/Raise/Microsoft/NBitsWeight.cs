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
    /// <param name="blockOf">The block of each column; empty where each block is that many columns in a row.</param>
    public string Read(string packed, string scales, string zeros, long rows, long columns, string blockOf = "")
    {
        if (block <= 0) throw new TypeException($"block_size must be positive, it is {block}");
        var (blocks, kind) = ((columns + block - 1) / block, scope.Type(scales).Scalar);
        var numbers = scope.Reinterpreted(packed, Kind, rows, blocks * block);
        if (blockOf != "") return Scattered(numbers, scales, zeros, rows, columns, blockOf);
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
            all = chain.Add("DequantizeLinear", [numbers, scales, Zeros(zeros, rows, blocks)], ("axis", 1L), ("block_size", block));
        }
        return blocks * block == columns ? all : chain.Add("Slice", [all, chain.Wholes(0), chain.Wholes(columns), chain.Wholes(1)]);
    }

    /// <summary>Zero points that are packed like the matrix; one for all where none are given.</summary>
    private string Zeros(string zeros, long rows, long blocks)
    {
        if (zeros == "") return chain.Number(Kind, 1 << (int)(bits - 1));
        var perByte = 8 / bits;
        var rowOf = (blocks + perByte - 1) / perByte * perByte;
        var zero = scope.Reinterpreted(zeros, Kind, rows, rowOf);
        return rowOf == blocks ? zero : chain.Add("Slice", [zero, chain.Wholes(0), chain.Wholes(blocks), chain.Wholes(1)]);
    }

    /// <summary>The numbers where each column has a block of its own choice.</summary>
    private string Scattered(string numbers, string scales, string zeros, long rows, long columns, string blockOf)
    {
        var (blocks, to) = ((columns + block - 1) / block, (long)ElementKinds.Number(scope.Type(scales).Scalar));
        if (scope.Type(blockOf) is not { Rank: 1 } given || !Linear.ProvesLess(columns - 1, given.Shape[0])) throw new TypeException($"g_idx {scope.Type(blockOf)} must name a block for each of {columns} columns");
        string First(string value, long count, long axis) => chain.Add("Slice", [value, chain.Wholes(0), chain.Wholes(count), chain.Wholes(axis)]);
        var places = First(blockOf, columns, 0);
        string Column(string perBlock) => chain.Add("Gather", [perBlock, places], ("axis", 1L));
        var zero = zeros == "" ? chain.Add("Cast", [Zeros(zeros, rows, blocks)], ("to", to))
            : Column(scope.Type(zeros).Scalar.IsReal ? chain.Add("Reshape", [zeros, chain.Wholes(rows, blocks)]) : chain.Add("Cast", [Zeros(zeros, rows, blocks)], ("to", to)));
        return chain.Add("Mul", [chain.Add("Sub", [chain.Add("Cast", [First(numbers, columns, 1)], ("to", to)), zero]), Column(chain.Add("Reshape", [scales, chain.Wholes(rows, blocks)]))]);
    }
}
