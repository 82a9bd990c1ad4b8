using System.Collections.Concurrent;

namespace Lathe.Ir;

/// <summary>What expressions over symbols that a run binds cannot exceed, as expressions over dimensions that are known at entry.</summary>
/// <param name="most">For each symbol that a run binds, by name, what it cannot exceed; over dimensions that are known at entry.</param>
/// <param name="checks">What a run makes sure of before it uses the symbols: a product of extents that is at most so large bounds each part of that product.</param>
public sealed class Bounds(IReadOnlyDictionary<string, Expr> most, IEnumerable<Guarded>? checks = null)
{
    private readonly List<(HashSet<string> Symbols, Expr Most)> products = [.. (checks ?? []).Select(c => Product(c.Condition, most)).OfType<(HashSet<string>, Expr)>()];
    private readonly ConcurrentDictionary<Expr, (Expr Low, Expr High)> known = []; // kernels are scheduled side by side

    /// <summary>Of the symbols that the steps of a graph bind, those inside included.</summary>
    public static Bounds Of(Graph graph)
    {
        var most = new Dictionary<string, Expr>(StringComparer.Ordinal);
        Add(graph.Nodes);
        return new(most, Checks(graph));

        static IEnumerable<Guarded> Checks(Graph graph) => graph.Guards.Concat(graph.Nodes.SelectMany(n => n.Regions).SelectMany(Checks));

        void Add(IEnumerable<Node> nodes)
        {
            foreach (var node in nodes)
            {
                if (node.Op is Ops.If) foreach (var region in node.Regions) Add(region.Nodes); // its own bounds may speak of what the branches bind
                if (node.Op is BindingOp op) foreach (var (name, bound) in op.Symbols.Zip(op.Most)) most[name] = Bounded(name, new Bounds(most).Most(bound));
                if (node.Op is Ops.Loop) foreach (var region in node.Regions) Add(region.Nodes);
            }
        }
    }

    /// <summary>Of the symbols that the steps of a program bind.</summary>
    /// <param name="inRounds">As a round sees it: a loop that runs it has a round.</param>
    public static Bounds Of(Program program, bool inRounds = false)
    {
        var most = new Dictionary<string, Expr>(StringComparer.Ordinal);
        foreach (var step in program.Steps.Flat)
            switch (step)
            {
                case Let l: most[l.Symbol.Name] = Bounded(l.Symbol.Name, most.TryGetValue(l.Symbol.Name, out var other) ? Expr.Max(other, l.Most) : l.Most); break;
                case Repeat r:
                    var count = Bounded((r.Rounds ?? r.Round).Name, Expr.Min(r.Count is { } c ? Expr.Max(new Bounds(most).Most(c), 0) : Symbol.Unbounded, r.Rounds?.High ?? Symbol.Unbounded));
                    most[r.Round.Name] = inRounds ? count - 1 : Expr.Max(count - 1, 0);
                    if (r.Rounds is { } rounds) most[rounds.Name] = Expr.Max(count, 0);
                    break;
            }
        return new(most, program.Guards.Concat(program.Steps.Flat.OfType<Demand>().Select(d => d.Guard)));
    }

    /// <summary>What the expression cannot exceed; equal to it where it mentions none of the symbols.</summary>
    public Expr Most(Expr e) => Of(Linear.Simplify(e)).High;

    public Seq<Expr> Most(Seq<Expr> all) => [.. all.Select(Most)];

    /// <summary>Names of symbols that nothing bounds and that a result of <see cref="Most(Expr)"/> grows with.</summary>
    public static IEnumerable<string> Unbounded(Expr most) => most.Parts().OfType<Symbol>().Where(s => s.Low == Symbol.Unbounded && s.High == Symbol.Unbounded).Select(s => s.Name).Distinct();

    /// <summary>A bound; a symbol of its own where there is none, so that what depends on it can be told.</summary>
    public static Expr Bounded(string name, Expr bound) => Linear.Simplify(bound) is var plain && Linear.Range(plain).Low >= Symbol.Unbounded ? Symbol.Of(name, Symbol.Unbounded, Symbol.Unbounded) : plain;

    /// <summary>The symbols of an expression that a run binds.</summary>
    public IEnumerable<Symbol> BoundIn(Expr e) => e.Parts().OfType<Symbol>().Where(s => most.ContainsKey(s.Name)).Distinct();

    private (Expr Low, Expr High) Of(Expr e) => known.TryGetValue(e, out var found) ? found : known[e] = Find(e) is var (low, high) ? (Linear.Simplify(low), Linear.Simplify(high)) : default;

    private (Expr Low, Expr High) Find(Expr e)
    {
        if (!BoundIn(e).Any()) return (e, e);
        if (e is Symbol symbol) return (symbol.Low, most[symbol.Name]);
        if (e is Binary { Operator: Operator.Multiply } && (Quotient(e) ?? Together(e)) is { } both) return both;
        switch (e)
        {
            case Binary { Operator: Operator.Add } b when (Of(b.A), Of(b.B)) is var (x, y): return (x.Low + y.Low, x.High + y.High);
            case Binary { Operator: Operator.Subtract } b when (Of(b.A), Of(b.B)) is var (x, y): return (x.Low - y.High, x.High - y.Low);
            case Binary { Operator: Operator.Multiply } b when (Of(b.A), Of(b.B)) is var (x, y):
                if (Linear.Range(x.Low).Low >= 0 && Linear.Range(y.Low).Low >= 0) return (x.Low * y.Low, x.High * y.High);
                if (y.Low is Number { Integer: < 0 } && y.Low == y.High) return (x.High * y.Low, x.Low * y.Low);
                break;
            case Binary { Operator: Operator.Divide } b when (Of(b.A), Of(b.B)) is var (x, y) && Linear.Range(y.Low).Low > 0:
                return Linear.Range(x.Low).Low >= 0 ? (x.Low / y.High, x.High / y.Low) : y.Low == y.High ? (x.Low / y.Low, x.High / y.Low) : Wide(e);
            // By 0 there is no number, and 0 stands for it.
            case Binary { Operator: Operator.Divide } b when (Of(b.A), Of(b.B)) is var (x, y) && Linear.Range(x.Low).Low >= 0 && Linear.Range(y.Low).Low >= 0: return (0, x.High);
            case Binary { Operator: Operator.Modulo } b when Of(b.B) is var divisor && Linear.Range(divisor.Low).Low > 0: return (0, divisor.High - 1);
            case Call { Function: Function.Min or Function.Max or Function.Select } c:
                var (a, z) = (Of(c.Arguments[^2]), Of(c.Arguments[^1]));
                return c.Function == Function.Select ? (Expr.Min(a.Low, z.Low), Expr.Max(a.High, z.High)) : (Call.Of(c.Function, a.Low, z.Low), Call.Of(c.Function, a.High, z.High));
            case Cast { Type: Scalar.I64, Operand.Type: Scalar.I64 } c: return Of(c.Operand);
        }
        return Wide(e);
    }

    /// <summary>A product, of which one factor is a quotient and others are what it was divided by: no more than what was divided.</summary>
    private (Expr, Expr)? Quotient(Expr e)
    {
        foreach (var quotient in Linear.Factors(e).OfType<Binary>().Where(f => f.Operator == Operator.Divide))
        {
            var others = Linear.Factors(e).ToList();
            others.Remove(quotient);
            if (!Linear.Factors(quotient.B).All(others.Remove) || others.Append(quotient.A).Append(quotient.B).Any(f => Linear.Range(Of(f).Low).Low < 0)) continue;
            return (0, others.Aggregate(Of(quotient.A).High, (all, factor) => all * Of(factor).High));
        }
        return null;
    }

    /// <summary>A product, of which a check bounds two or more factors together.</summary>
    private (Expr, Expr)? Together(Expr e)
    {
        if (products.Count == 0) return null;
        var factors = Linear.Factors(e).ToList();
        var (least, held) = (factors.Select(f => Of(f).Low).ToList(), products.Select(p => (p.Most, Factors: factors.Index().Where(f => f.Item is Symbol s && p.Symbols.Contains(s.Name)).DistinctBy(f => f.Item).ToList())).MaxBy(p => p.Factors.Count));
        if (held.Factors.Count < 2 || least.Exists(low => Linear.Range(low).Low < 0)) return null;
        var others = factors.Where((_, i) => !held.Factors.Exists(f => f.Index == i)).Aggregate((Expr)1, (all, factor) => all * Of(factor).High);
        return (least.Aggregate((all, low) => all * low), held.Most * others);
    }

    /// <summary>The symbols of a condition that a product of them, each taken as 1 where it is 0, is at most so large; null for any other condition.</summary>
    private static (HashSet<string>, Expr)? Product(Expr condition, IReadOnlyDictionary<string, Expr> most)
    {
        if (condition is not Binary { Operator: Operator.LessOrEqual, A: Binary { Operator: Operator.Multiply } product, B: var bound }) return null;
        var symbols = Linear.Factors(product).Select(f => f switch
        {
            Symbol { Low: >= 1 } s => s.Name,
            Call { Function: Function.Max } c when c.Arguments.Contains(1) && c.Arguments.OfType<Symbol>().FirstOrDefault() is { } s => s.Name,
            _ => "",
        }).ToList();
        return symbols.TrueForAll(most.ContainsKey) && symbols.Distinct().Count() == symbols.Count ? ([.. symbols], new Bounds(most).Most(bound)) : null;
    }

    /// <summary>What ranges say; where they say next to nothing, no bound.</summary>
    private (Expr, Expr) Wide(Expr e) => Linear.Range(e) is var (low, high) && high < 1L << 40 ? (low, high) : (Linear.Range(e).Low, Symbol.Of(BoundIn(e).First().Name, Symbol.Unbounded, Symbol.Unbounded));
}
