using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>One thing against another: <c>==</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>. Not known where open extents decide it.</summary>
public sealed record ComparisonTerm(string Than, Term A, Term B) : Term
{
    public override object? Of(Found found) => A.Of(found) is { } a && B.Of(found) is { } b ? TermFunctions.Compare(Than, a, b) : null;
    internal override bool IsCondition => true;
    internal override IEnumerable<Term> Parts => [A, B];
    public override string ToString() => $"{Operand(A)} {Than} {Operand(B)}";
}

/// <summary>The opposite; not known of what is not known.</summary>
public sealed record NotTerm(Term A) : Term
{
    public override object? Of(Found found) => A.Of(found) is bool a ? !a : null;
    internal override bool IsCondition => true;
    internal override IEnumerable<Term> Parts => [A];
    public override string ToString() => $"not {(A is ComparisonTerm or AllTerm or AnyTerm ? $"({A})" : A)}";
}

/// <summary>Each of several.</summary>
public sealed record AllTerm(Seq<Term> Conditions) : Term
{
    public override object? Of(Found found)
    {
        bool? all = true;
        foreach (var part in Conditions)
        {
            if (part.Of(found) is not bool holds) all = null;
            else if (!holds) return false;
        }
        return all;
    }

    internal override bool IsCondition => true;
    internal override IEnumerable<Term> Parts => Conditions;
    public override string ToString() => string.Join(" and ", Conditions.Select(p => p is AllTerm or AnyTerm ? $"({p})" : p.ToString()));
}

/// <summary>At least one of several.</summary>
public sealed record AnyTerm(Seq<Term> Conditions) : Term
{
    public override object? Of(Found found)
    {
        bool? any = false;
        foreach (var part in Conditions)
        {
            if (part.Of(found) is not bool holds) any = null;
            else if (holds) return true;
        }
        return any;
    }

    internal override bool IsCondition => true;
    internal override IEnumerable<Term> Parts => Conditions;
    public override string ToString() => string.Join(" or ", Conditions.Select(p => p is AnyTerm ? $"({p})" : p.ToString()));
}
