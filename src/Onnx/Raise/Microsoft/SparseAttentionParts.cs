namespace Lathe.Onnx;

/// <summary>SparseAttention: GroupQueryAttention over a cache of fixed length in which each query sees some blocks of keys only.</summary>
/// <remarks>
/// Operands: queries, or with keys and values side by side; keys; values; past keys and values; the blocks that are seen as compressed rows, where each
/// begins [layouts, rows + 1] and its columns [layouts, most]; the largest and each batch's number of places; cosines and sines. Heads take layouts in turns.
/// </remarks>
internal sealed class SparseAttentionParts() : MicrosoftForm("SparseAttention")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var block = node.Int("sparse_block_size", 0);
        if (block <= 0) throw new TypeException($"sparse_block_size must be positive, it is {block}");
        var (starts, columns) = (scope.Type(node.Input(5)), scope.Type(node.Input(6)));
        if (starts is not { Rank: 2, IsStatic: true } || columns is not { Rank: 2, IsStatic: true } || starts.Shape[0] != columns.Shape[0]) throw new TypeException($"rows {starts} and columns {columns} of blocks must be known when compiling and of as many layouts");
        var (layouts, rows, most) = (starts.Shape[0].Whole, starts.Shape[1].Whole - 1, columns.Shape[1].Whole);
        if (rows < 1 || layouts < 1 || node.Int("num_heads", 0) % layouts != 0) throw new TypeException($"{node.Int("num_heads", 0)} heads must be a multiple of {layouts} layouts of at least one row of blocks");

        var heads = new Heads(node, scope, chain, scope.Type(node.Input(0)).Scalar);
        var places = heads.Length(node.Input(3), 2);
        var bias = Bias(Seen(node, chain, heads, layouts, rows, most), node, scope, chain, heads, block, (rows, places));
        var last = chain.Add("Sub", [node.Input(8), chain.Number(Scalar.I32, 1)]);
        var total = chain.Add("Cast", [places], ("to", (long)ElementKinds.Number(Scalar.I32)));
        chain.Result(node.Without("sparse_block_size") with
        {
            OpType = "GroupQueryAttention",
            Inputs = [.. Enumerable.Range(0, 5).Select(node.Input), last, total, node.Input(9), node.Input(10), "", bias],
        });
    }

    /// <summary>[layouts, rows, rows]: whether the queries of a row's block see the keys of a column's, as i64.</summary>
    private static string Seen(OnnxNode node, Chain chain, Heads heads, long layouts, long rows, long most)
    {
        string Whole(string value) => chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.I64)));
        var (starts, columns) = (Whole(node.Input(5)), Whole(node.Input(6)));
        var ends = chain.Add("Unsqueeze", [chain.Add("Slice", [starts, chain.Wholes(1), chain.Wholes(rows + 1), chain.Wholes(1)]), chain.Wholes(2)]);
        var entries = heads.Places(chain.Wholes(most));
        // The row of an entry is how many rows end before it; those behind the last row's end, which fill layouts up, go to a place of their own.
        var row = chain.Add("ReduceSum", [Whole(chain.Add("LessOrEqual", [ends, entries])), chain.Wholes(1)], ("keepdims", 0L));
        var place = chain.Add("Min", [chain.Add("Add", [chain.Add("Mul", [row, chain.Number(Scalar.I64, rows)]), chain.Add("Max", [columns, chain.Number(Scalar.I64, 0)])]), chain.Number(Scalar.I64, rows * rows)]);
        string Filled(long number, params Seq<long> shape) => chain.Add("Expand", [chain.Number(Scalar.I64, number), chain.Wholes(shape)]);
        var marked = chain.Add("ScatterElements", [Filled(0, layouts, rows * rows + 1), place, Filled(1, layouts, most)], ("axis", 1L));
        return chain.Add("Reshape", [chain.Add("Slice", [marked, chain.Wholes(0), chain.Wholes(rows * rows), chain.Wholes(1)]), chain.Wholes(layouts, rows, rows)]);
    }

    /// <summary>What is added to scores [batch, heads, sequence, places]: -∞ for keys of blocks that are not seen.</summary>
    private static string Bias(string seen, OnnxNode node, RaiseScope scope, Chain chain, Heads heads, long block, (long Rows, string Places) size)
    {
        var kind = scope.Type(node.Input(0)).Scalar;
        string Block(string place) => chain.Add("Min", [chain.Add("Div", [place, chain.Number(Scalar.I64, block)]), chain.Number(Scalar.I64, size.Rows - 1)]);
        var length = heads.Length(node.Input(0), 1);
        var before = chain.Add("Max", [chain.Add("Sub", [chain.Add("Reshape", [chain.Add("Cast", [node.Input(8)], ("to", (long)ElementKinds.Number(Scalar.I64))), chain.Wholes(-1, 1)]), length]), chain.Number(Scalar.I64, 0)]);
        var queries = chain.Add("Gather", [seen, Block(chain.Add("Add", [before, heads.Places(length)]))], ("axis", 1L));
        var keys = chain.Add("Gather", [queries, Block(heads.Places(size.Places))], ("axis", 3L));
        var (layouts, count) = (scope.Type(node.Input(5)).Shape[0].Whole, node.Int("num_heads", 0));
        var each = chain.Add("Tile", [chain.Add("Transpose", [keys], ("perm", (Seq<long>)[1, 0, 2, 3])), chain.Wholes(1, count / layouts, 1, 1)]);
        return chain.Add("Where", [chain.Add("Cast", [each], ("to", (long)ElementKinds.Number(Scalar.Bool))), chain.Number(kind, 0), chain.Number(kind, double.NegativeInfinity)]);
    }
}
