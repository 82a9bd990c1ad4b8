namespace Lathe.Ir.Ops;

/// <summary>A graph again and again, with values that go from round to round, and results that every round adds a slice to. ONNX Loop, opset 25; Scan is read as one.</summary>
/// <param name="Symbols">The number of the round; where <paramref name="Rounds"/> does not say it, how many rounds there were; then extents of carried values that change from round to round.</param>
/// <param name="Low">The least each can be.</param>
/// <param name="Most">What each cannot exceed.</param>
/// <param name="Rounds">How many rounds there are, where that is known when the loop begins.</param>
/// <remarks>
/// Operands: optionally the most rounds; optionally whether to begin at all; then the first of each carried value. The region takes the number of the
/// round, whether it was to begin, and the carried values; it makes whether to go on, the carried values, and a slice for each further result.
/// Results: the carried values; the slices, stacked along a new first axis.
/// </remarks>
public sealed record Loop(Seq<string> Symbols = default, Seq<long> Low = default, Seq<Expr> Most = default, Expr? Rounds = null) : RegionOp(Symbols, Low, Most)
{
    /// <summary>Operands, and inputs of the region, before the carried values.</summary>
    public const int Before = 2;

    /// <summary>The number of the round.</summary>
    public Symbol Round => Binds[0];

    /// <summary>How many rounds were run.</summary>
    public Expr Run => Rounds ?? Binds[1];

    /// <summary>Most rounds, over what is known before the loop.</summary>
    public Expr MostRounds => Rounds ?? Most[1];

    /// <summary>Symbols that stand for extents of carried values.</summary>
    public Seq<Symbol> Extents => Binds[(Rounds is null ? 2 : 1)..];

    public override Seq<TensorType> Infer(Operands x, Seq<Graph> regions)
    {
        Require(Symbols.Count >= (Rounds is null ? 2 : 1), $"a loop names its round{(Rounds is null ? " and their number" : "")}");
        Require(regions is [var only] && only.Inputs.Count >= Before, $"a loop has one graph, which takes the round and the condition");
        var (body, carried) = (regions[0], regions[0].Inputs.Count - Before);
        Require(x.Count == carried + Before && body.Outputs.Count > carried, $"the graph of the loop carries {carried} values and makes {body.Outputs.Count - 1}, the loop begins with {x.Count - Before}");
        if (x.Has(0)) Require(x.Whole(0).Size is Number { Integer: 1 } && x.Known(0) is not null, $"the most rounds must be one whole number that types know, it is {x.Type(0)}");
        if (x.Has(1)) Require(x.Bool(1).Size is Number { Integer: 1 }, $"the condition must be one truth value, it is {x.Type(1)}");
        Require(body.Inputs[0].Type is { Rank: 0, Scalar: Scalar.I64 } && body.Inputs[1].Type is { Scalar: Scalar.Bool, Rank: 0 }, $"the graph of the loop takes {body.Inputs[0].Type} and {body.Inputs[1].Type}, not the round and a truth value");
        Require(body.Outputs[0].Type is { Scalar: Scalar.Bool } asked && asked.Size is Number { Integer: 1 }, $"whether to go on must be one truth value, it is {body.Outputs[0].Type}");
        var changing = Extents;
        for (var i = 0; i < carried; i++)
        {
            var (first, inside, next) = (x.Type(i + Before), body.Inputs[i + Before].Type, body.Outputs[i + 1].Type);
            foreach (var (other, what) in new[] { (first, "begins as"), (next, "goes on as") })
                Require(other.Scalar == inside.Scalar && other.Rank == inside.Rank && other.Shape.Zip(inside.Shape).All(p => changing.Any(s => p.Second == s) || Linear.ProvesEqual(p.First, p.Second)),
                    $"carried value {i} is {inside} in the loop, it {what} {other}");
        }
        return [.. body.Inputs.Skip(Before).Select(v => v.Type.Elementwise), .. body.Outputs.Skip(1 + carried).Select(v => new TensorType([Run, .. v.Type.Shape], v.Type.Scalar))];
    }
}
