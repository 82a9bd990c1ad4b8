using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>What the graphs of one model, those inside nodes included, share while they are imported.</summary>
/// <param name="Values">Everything made so far by its unique name.</param>
/// <param name="Names">Of values.</param>
/// <param name="Symbols">Names of dimensions and of numbers that a run decides.</param>
/// <param name="Functions">Local to the model.</param>
/// <param name="Max">Bounds that the user gives to what a run decides.</param>
/// <param name="Sides">Branches of which the model is compiled for one side.</param>
internal sealed record Importing(Dictionary<string, Value> Values, Names Names, Names Symbols, TensorReader Tensors, Report Report, IReadOnlyList<FunctionProto> Functions, Seq<MaxBinding> Max, Sides Sides)
{
    private readonly Dictionary<string, Expr> most = new(StringComparer.Ordinal);
    private readonly HashSet<string> bounded = new(StringComparer.Ordinal);
    private readonly List<Guarded> learned = [];

    /// <summary>Of numbers that a run decides.</summary>
    public Bounds Bounds => new(new Dictionary<string, Expr>(most, StringComparer.Ordinal), learned);

    /// <summary>Takes note of a check that bounds numbers of a run.</summary>
    public void Learn(Guarded guard) => learned.Add(guard);

    /// <summary>Names of <see cref="Max"/> that stand for no number of a run.</summary>
    public IEnumerable<string> Unused => Max.Select(m => m.Name).Where(name => !bounded.Contains(name));

    /// <summary>Names of numbers that a run decides.</summary>
    public IEnumerable<string> Late => most.Keys;

    /// <summary>A new number that a run decides.</summary>
    /// <param name="near">What its name should be like.</param>
    /// <param name="bound">What it cannot exceed; <see cref="Symbol.Unbounded"/> where nothing is known.</param>
    /// <returns>Its name, and its bound over dimensions of the inputs, which the user may set.</returns>
    public (string Name, Expr Most) Decided(string near, Expr bound)
    {
        var name = Symbols.Fresh(near);
        bound = Bounds.Most(bound);
        foreach (var (given, number) in Max)
            if (given == name)
            {
                bounded.Add(given);
                bound = Linear.Simplify(Expr.Min(bound, number));
            }
        if (Bounds.Unbounded(bound).Any() || Linear.Range(bound).Low >= Symbol.Unbounded) bound = Symbol.Unbounded;
        most[name] = Bounds.Bounded(name, bound);
        return (name, bound);
    }

    /// <summary>Tries a way of importing: what it leaves behind is forgotten where it is not kept.</summary>
    /// <param name="attempt">Whether to keep it, and what it made.</param>
    public T? Attempt<T>(Func<(bool Keep, T Made)> attempt) where T : class
    {
        var known = learned.Count;
        var (values, names, symbols, found, bounds) = (new Dictionary<string, Value>(Values, StringComparer.Ordinal), Names.Copy(), Symbols.Copy(), Report.Mark, new Dictionary<string, Expr>(most, StringComparer.Ordinal));
        var (keep, made) = attempt();
        if (keep) return made;
        Values.Clear();
        foreach (var (name, value) in values) Values[name] = value;
        Names.Restore(names);
        Symbols.Restore(symbols);
        Report.Leave(found);
        most.Clear();
        foreach (var (name, bound) in bounds) most[name] = bound;
        learned.RemoveRange(known, learned.Count - known);
        return null;
    }
}
