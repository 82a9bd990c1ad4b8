using System.Globalization;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>
/// A number, list, word or truth that is worked out from what a pattern has found. Whole numbers are <see cref="Expr"/> (extents may be open), reals f64,
/// words strings, kinds of number <see cref="Scalar"/>, lists <see cref="Seq{T}"/> of these; null is what is not known.
/// </summary>
public abstract record Term
{
    /// <exception cref="TypeException">What it says makes no sense of what was found.</exception>
    public abstract object? Of(Found found);

    /// <summary>Whether it holds or does not, and its text needs parentheses wherever a number may stand.</summary>
    internal virtual bool IsCondition => false;

    /// <summary>The terms it is made of.</summary>
    internal virtual IEnumerable<Term> Parts => [];

    /// <summary>This and all inside.</summary>
    internal IEnumerable<Term> All => Parts.SelectMany(p => p.All).Prepend(this);

    public abstract override string ToString();

    /// <summary>As an operand of arithmetic or of a comparison.</summary>
    private protected static string Operand(Term term) => term.IsCondition ? $"({term})" : term.ToString();
}

/// <summary>A number as it was written.</summary>
public sealed record NumberTerm(string Text) : Term
{
    public bool IsReal => !long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    public double Real => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    public override object? Of(Found found) => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (Expr)whole : Real;

    public override string ToString() => Text;
}

/// <summary>Text in quotes.</summary>
public sealed record TextTerm(string Text) : Term
{
    public override object? Of(Found found) => Text;
    public override string ToString() => NameText.Quoted(Text);
}

/// <summary>What was found: <c>%x</c> a value, <c>$p</c> an attribute or operator.</summary>
public sealed record FoundTerm(char Sigil, string Name) : Term
{
    public override object? Of(Found found) => Sigil == '$' ? found.Variables.GetValueOrDefault(Name) : (object?)found.Values.GetValueOrDefault(Name);
    public override string ToString() => $"{Sigil}{Name}";
}

/// <summary>A bare word: an extent of a type in the pattern, a kind of number, true, false, or a choice of an attribute.</summary>
public sealed record WordTerm(string Word) : Term
{
    public override object? Of(Found found) => found.Extents.TryGetValue(Word, out var extent) ? extent
        : Scalars.Parse(Word) is { } kind ? kind : Word is "true" or "false" ? Word == "true" : Word;

    public override string ToString() => Word;
}

/// <summary>A list: <c>[0, 2, 1]</c>.</summary>
public sealed record ListTerm(Seq<Term> Items) : Term
{
    public override object? Of(Found found) => Items.Select(i => i.Of(found)).ToList() is var all && all.Contains(null) ? null : (Seq<object>)[.. all.OfType<object>()];
    internal override IEnumerable<Term> Parts => Items;
    public override string ToString() => $"[{string.Join(", ", Items.Select(Operand))}]";
}

/// <summary>A function of <see cref="TermFunctions"/>.</summary>
public sealed record ApplyTerm(string Function, Seq<Term> Arguments) : Term
{
    public override object? Of(Found found) => Arguments.Select(a => a.Of(found)).ToList() is var all && all.Contains(null) ? null : TermFunctions.Known[Function].Apply([.. all.OfType<object>()]);
    internal override IEnumerable<Term> Parts => Arguments;
    public override string ToString() => $"{Function}({string.Join(", ", Arguments.Select(Operand))})";
}

/// <summary>An item of a list, counted from the end where negative.</summary>
public sealed record ItemTerm(Term List, Term Place) : Term
{
    public override object? Of(Found found) => List.Of(found) is { } list && Place.Of(found) is { } place ? TermFunctions.Item(list, place) : null;
    internal override IEnumerable<Term> Parts => [List, Place];
    public override string ToString() => $"{(List is ArithmeticTerm or NegativeTerm or NumberTerm || List.IsCondition ? $"({List})" : List)}[{Operand(Place)}]";
}

/// <summary>An attribute of an operator that was found: <c>$c.group</c>.</summary>
public sealed record MemberTerm(Term Operator, string Name) : Term
{
    public override object? Of(Found found)
    {
        if (Operator.Of(found) is not Op op) return null;
        var parameter = RecordText.Parameters(op.GetType()).FirstOrDefault(p => p.Name == Name) ?? throw new TypeException($"{op.Name} has no attribute {Name}");
        return AttributeValue.Read(parameter.Property.GetValue(op));
    }

    internal override IEnumerable<Term> Parts => [Operator];
    public override string ToString() => $"{Operator}.{Name}";
}

/// <summary>Arithmetic on numbers.</summary>
public sealed record ArithmeticTerm(char Operator, Term A, Term B) : Term
{
    public override object? Of(Found found) => A.Of(found) is { } a && B.Of(found) is { } b ? TermFunctions.Arithmetic(Operator, a, b) : null;
    internal override IEnumerable<Term> Parts => [A, B];
    public override string ToString() => $"{(A is ArithmeticTerm left && left.IsSum && !IsSum ? $"({A})" : Operand(A))} {Operator} {(B is ArithmeticTerm right && (right.IsSum || !IsSum) ? $"({B})" : Operand(B))}";

    private bool IsSum => Operator is '+' or '-';
}

/// <summary>A number with the other sign.</summary>
public sealed record NegativeTerm(Term A) : Term
{
    public override object? Of(Found found) => A.Of(found) is { } a ? TermFunctions.Arithmetic('-', (Expr)0, a) : null;
    internal override IEnumerable<Term> Parts => [A];
    public override string ToString() => $"-{(A is ArithmeticTerm or NegativeTerm or NumberTerm ? $"({A})" : Operand(A))}";
}
