using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>A piece of a pattern or of a replacement: an operand, or a step with operands.</summary>
public abstract record Part
{
    /// <summary>This and the parts inside.</summary>
    internal virtual IEnumerable<Part> All => [this];

    public abstract override string ToString();
}

/// <summary>A value by name: <c>%x</c>, anything; <c>@w</c>, a weight. The same name is the same value everywhere.</summary>
/// <param name="IsWeight">Whether the bytes must be known when compiling.</param>
public sealed record ValuePart(string Name, bool IsWeight = false, TypePattern? Type = null) : Part
{
    public override string ToString() => $"{(IsWeight ? '@' : '%')}{Name}{(Type is null ? "" : $" : {Type}")}";
}

/// <summary>All operands from here on: <c>%rest...</c></summary>
public sealed record RestPart(string Name) : Part
{
    public override string ToString() => $"%{Name}...";
}

/// <summary>An optional operand that is left out: <c>_</c>.</summary>
public sealed record AbsentPart : Part
{
    public override string ToString() => "_";
}

/// <summary>A tensor all of whose elements are one known number; in a replacement, a single number of the kind that its neighbours have.</summary>
public sealed record NumberPart(NumberTerm Number) : Part
{
    public override string ToString() => Number.ToString();
}

/// <summary>A vector of i64 whose elements are known: shapes, axes, pads.</summary>
public sealed record WholesPart(Seq<Term> Elements) : Part
{
    public override string ToString() => $"[{string.Join(", ", Elements.Select(e => e.IsCondition ? $"({e})" : e.ToString()))}]";
}

/// <summary>Of a replacement: a number that is worked out when the pattern is found, <c>{value(%a) * value(%b)}</c>; a list is a vector of i64.</summary>
public sealed record ComputedPart(Term Term) : Part
{
    public override string ToString() => $"{{{(Term.IsCondition ? $"({Term})" : Term)}}}";
}

/// <summary>A step: <c>conv(%x, @w, group=1)</c>.</summary>
/// <param name="Variable">Names the operator with all its attributes: those that are not said are free. Empty: they are at their default.</param>
/// <param name="Verbs">Operators, any of which will do. None, in a replacement: the one that the variable stands for.</param>
public sealed record StepPart(string Variable, Seq<string> Verbs, Seq<Part> Operands, Seq<AttributePart> Attributes, TypePattern? Type = null) : Part
{
    internal override IEnumerable<Part> All => Operands.SelectMany(o => o.All).Prepend(this);

    public override string ToString() =>
        $"{(Variable == "" ? "" : $"${Variable}{(Verbs is [] ? "" : ":")}")}{string.Join('|', Verbs)}({string.Join(", ", Operands.Select(o => o.ToString()).Concat(Attributes.Select(a => a.ToString())))}){(Type is null ? "" : $" : {Type}")}";
}

/// <summary>What an attribute is, or a variable for whatever it is: <c>perm=$p</c>.</summary>
public sealed record AttributePart(string Name, Term Value)
{
    public override string ToString() => $"{Name}={(Value.IsCondition ? $"({Value})" : Value)}";
}

/// <summary>What a type must be: <c>tensor&lt;[n, ..., 64], f32&gt;</c>. A name stands for an extent, the same everywhere; <c>$t</c> for a kind of number.</summary>
/// <param name="Extents">Null: any shape.</param>
/// <param name="Kind">A kind of number, <c>_</c> for any, or a variable with its <c>$</c>.</param>
public sealed record TypePattern(Seq<string>? Extents, string Kind)
{
    /// <summary>In place of any number of extents.</summary>
    public const string Rest = "...";

    public const string Any = "_";

    public override string ToString() => $"tensor<{(Extents is not { } extents ? "..." : extents is [] ? "" : $"[{string.Join(", ", extents)}]")}{(Extents is [] ? "" : ", ")}{Kind}>";
}
