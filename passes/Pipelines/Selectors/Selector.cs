using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>Where a pass acts: a condition on steps of a graph. Its text is that of the pipeline language, equal text is an equal selector.</summary>
public abstract record Selector
{
    /// <summary>Whether a step is meant; of a fused group, whether any of its steps is.</summary>
    public bool Selects(Node node) => node.Body is { } body ? body.Nodes.Any(Selects) : Matches(node);

    /// <summary>Whether a plain step is meant.</summary>
    protected internal abstract bool Matches(Node node);

    /// <summary>How tightly the text binds: 0 <c>or</c>, 1 <c>and</c>, 2 the rest.</summary>
    private protected virtual int Tightness => 2;

    /// <summary>The text inside an operator of some tightness.</summary>
    internal string Inside(int tightness) => Tightness < tightness ? $"({this})" : ToString();

    public abstract override string ToString();
}

/// <summary>Every one of several conditions.</summary>
public sealed record All(Seq<Selector> Parts) : Selector
{
    private protected override int Tightness => 1;
    protected internal override bool Matches(Node node) => Parts.All(p => p.Matches(node));
    public override string ToString() => string.Join(" and ", Parts.Select(p => p.Inside(2)));
}

/// <summary>At least one of several conditions.</summary>
public sealed record Any(Seq<Selector> Parts) : Selector
{
    private protected override int Tightness => 0;
    protected internal override bool Matches(Node node) => Parts.Any(p => p.Matches(node));
    public override string ToString() => string.Join(" or ", Parts.Select(p => p.Inside(1)));
}

/// <summary>The opposite of a condition.</summary>
public sealed record Not(Selector Of) : Selector
{
    protected internal override bool Matches(Node node) => !Of.Matches(node);
    public override string ToString() => $"not {Of.Inside(2)}";
}
