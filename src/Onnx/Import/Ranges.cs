namespace Lathe.Onnx;

/// <summary>What the checks of a model leave of its dimensions: a window of three over <c>T</c> pixels leaves <c>T in 3..</c>.</summary>
internal static class Ranges
{
    /// <summary>Most readings of a model: what a narrower range decides may show another that is narrower.</summary>
    public const int MostRounds = 4;

    public static readonly IReadOnlyDictionary<string, (long Low, long High)> None = new Dictionary<string, (long, long)>(StringComparer.Ordinal);

    /// <summary>Ranges of the dimensions that checks at entry ask more of than their types say; empty where there are none.</summary>
    public static IReadOnlyDictionary<string, (long Low, long High)> Narrower(Graph graph)
    {
        var (symbols, found) = (graph.Inputs.SelectMany(v => v.Type.Shape).OfType<Symbol>().ToHashSet(), new Dictionary<string, (long Low, long High)>(StringComparer.Ordinal));
        foreach (var condition in graph.Guards.SelectMany(g => Parts(g.Condition)))
        {
            if (condition is not Binary { Operator: Operator.Less or Operator.LessOrEqual, A.Type: Scalar.I64 } c) continue;
            // What must be 0 or more, as a factor times one symbol and a constant.
            var rest = Linear.Of(c.Operator == Operator.Less ? c.B - c.A - 1 : c.B - c.A);
            if (rest.Terms.Count != 1 || rest.Terms.First() is not { Key: Symbol symbol, Value: var factor } || !symbols.Contains(symbol)) continue;
            var (low, high) = found.GetValueOrDefault(symbol.Name, (symbol.Low, symbol.High));
            if (factor > 0) low = Math.Max(low, -Linear.FloorDivide(rest.Constant, factor));
            else high = Math.Min(high, Linear.FloorDivide(rest.Constant, -factor));
            if (low <= high && (low, high) != (symbol.Low, symbol.High)) found[symbol.Name] = (low, high);
        }
        return found;
    }

    /// <summary>Conditions that must all hold.</summary>
    private static IEnumerable<Expr> Parts(Expr condition) => condition is Binary { Operator: Operator.And } both ? Parts(both.A).Concat(Parts(both.B)) : [condition];
}
