namespace Lathe.Ir.Ops;

/// <summary>One of two graphs, as a truth value says. ONNX If, opset 25.</summary>
/// <param name="Symbols">Names for the extents of results in which the graphs differ, in the order of results and axes.</param>
/// <param name="Low">The least each can be.</param>
/// <param name="Most">What each cannot exceed.</param>
/// <remarks>Operand: the condition. Regions: what runs where it holds; what runs where it does not. Both have no inputs and equally many outputs, which are the results.</remarks>
public sealed record If(Seq<string> Symbols = default, Seq<long> Low = default, Seq<Expr> Most = default) : RegionOp(Symbols, Low, Most)
{
    public override Seq<TensorType> Infer(Operands x, Seq<Graph> regions)
    {
        Require(x.Bool(0).Size is Number { Integer: 1 }, $"the condition must be one truth value, it is {x.Type(0)}");
        Require(regions is [{ Inputs.Count: 0 }, { Inputs.Count: 0 }], $"a branch has two graphs without inputs");
        Require(regions[0].Outputs.Count == regions[1].Outputs.Count, $"the branches make {regions[0].Outputs.Count} and {regions[1].Outputs.Count} results");
        var fresh = new Queue<Symbol>(Binds);
        return [.. regions[0].Outputs.Zip(regions[1].Outputs).Select((pair, i) =>
        {
            var (then, other) = (pair.First.Type, pair.Second.Type);
            Require(then.Scalar == other.Scalar, $"result {i} is {then} where the condition holds, {other} where it does not");
            Require(then.Rank == other.Rank, $"result {i} is {then} where the condition holds, {other} where it does not: to choose between numbers of axes, the condition must be known when compiling");
            return new TensorType([.. then.Shape.Zip(other.Shape, (a, b) => Linear.ProvesEqual(a, b) ? a : fresh.TryDequeue(out var symbol) ? symbol
                : throw new TypeException($"result {i} is {then} where the condition holds, {other} where it does not, and no symbol stands for either"))], then.Scalar);
        })];
    }

    /// <summary>The operator for two branches: symbols where their extents differ.</summary>
    /// <param name="decided">A name that nothing has and a bound over what is known before, from the number of the result, the axis and a bound.</param>
    public static If Of(Graph then, Graph other, Func<int, int, Expr, (string Name, Expr Most)> decided)
    {
        var open = (from pair in then.Outputs.Zip(other.Outputs).Index()
                    from axis in pair.Item.First.Type.Shape.Zip(pair.Item.Second.Type.Shape).Index()
                    let extents = axis.Item
                    where !Linear.ProvesEqual(extents.First, extents.Second)
                    select (Low: Math.Max(0, Math.Min(Linear.Range(extents.First).Low, Linear.Range(extents.Second).Low)), Symbol: decided(pair.Index, axis.Index, Expr.Max(extents.First, extents.Second)))).ToList();
        return new([.. open.Select(o => o.Symbol.Name)], [.. open.Select(o => o.Low)], [.. open.Select(o => o.Symbol.Most)]);
    }
}
