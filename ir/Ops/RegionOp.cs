namespace Lathe.Ir;

/// <summary>An operator that gives numbers of a run names, so that types can speak of them: symbols like those of the inputs' dimensions, known only from this step on.</summary>
/// <param name="Symbols">Names, unique in the graph.</param>
/// <param name="Low">The least each can be.</param>
/// <param name="Most">What each cannot exceed, over symbols that are known before; sizes are planned with it.</param>
public abstract record BindingOp(Seq<string> Symbols, Seq<long> Low, Seq<Expr> Most) : Op
{
    public sealed override Seq<Symbol> Binds => Symbols.Count == Low.Count && Symbols.Count == Most.Count
        ? [.. Symbols.Select((name, i) => (Symbol)Symbol.Of(name, Low[i], Math.Max(Low[i], Math.Min(Linear.Range(Most[i]).High, Symbol.Unbounded))))]
        : throw new TypeException($"{Symbols.Count} symbols have {Low.Count} least and {Most.Count} greatest numbers");
}

/// <summary>An operator whose meaning is graphs inside: a branch, a loop. They read values of the graph around them by name.</summary>
public abstract record RegionOp(Seq<string> Symbols, Seq<long> Low, Seq<Expr> Most) : BindingOp(Symbols, Low, Most)
{
    /// <summary>The types of the results.</summary>
    /// <param name="x">The operands.</param>
    /// <param name="regions">The graphs inside.</param>
    /// <exception cref="TypeException">Operands and graphs do not fit.</exception>
    public abstract Seq<TensorType> Infer(Operands x, Seq<Graph> regions);

    public sealed override Seq<TensorType> Infer(Operands x) => throw new NotSupportedException($"{Name} takes its types from the graphs inside it");

    /// <summary>None: what runs graphs is tested as a graph.</summary>
    public sealed override IEnumerable<Example> Examples() => [];
}
