using System.Collections.Immutable;

namespace Lathe.Runtime.Hosting;

/// <summary>Forms of values that a program of the host works on.</summary>
public enum HostForm { Tensor, Text, Sequence, Map, Optional, Nothing }

/// <summary>What is known of a value before a run. The text of a type is <c>f32[N, 4]</c>, <c>text[?]</c>, <c>sequence(f32[*])</c>, <c>map(text, f32)</c>, <c>optional(i64[])</c>.</summary>
/// <param name="Form">Nothing is the type of the elements of an empty sequence: any other goes with it.</param>
/// <param name="Element">Of a tensor, or of a map's values, by the name in the IR; empty where it is not known, <c>text</c> for a map's texts.</param>
/// <param name="Dims">Of a tensor or text: numbers, names, ? for an extent that is not known; null where the rank is not.</param>
/// <param name="Of">What a sequence or an optional value holds; a map's keys.</param>
public sealed record HostType(HostForm Form, string Element = "", ImmutableArray<string>? Dims = null, HostType? Of = null)
{
    /// <summary>An extent that is not known.</summary>
    public const string Open = "?";

    /// <summary>How many types may stand in one another in a text.</summary>
    private const int MaxDepth = 64;

    public static readonly HostType Nothing = new(HostForm.Nothing);

    public static HostType Tensor(string element, ImmutableArray<string>? dims = null) => new(HostForm.Tensor, element, dims);
    public static HostType Text(ImmutableArray<string>? dims = null) => new(HostForm.Text, "", dims);
    public static HostType Sequence(HostType of) => new(HostForm.Sequence, Of: of);

    public bool IsTensor => Form == HostForm.Tensor;
    public bool IsText => Form == HostForm.Text;

    /// <summary>The least that says what two types have in common, as two branches or two turns of a loop make them.</summary>
    /// <exception cref="HostException">They have nothing in common.</exception>
    public HostType Merge(HostType other)
    {
        if (Form == HostForm.Nothing) return other;
        if (other.Form == HostForm.Nothing) return this;
        // A value that may be absent is the value itself where it is there.
        if (Form == HostForm.Optional) return this with { Of = Of!.Merge(other.Form == HostForm.Optional ? other.Of! : other) };
        if (other.Form == HostForm.Optional) return other.Merge(this);
        if (Form != other.Form) throw new HostException($"{this} and {other} are no one type");
        var dims = Dims is { } mine && other.Dims is { } others && mine.Length == others.Length ? mine.Zip(others, (a, b) => a == b ? a : Open).ToImmutableArray() : (ImmutableArray<string>?)null;
        return new(Form, Element == other.Element ? Element : Element == "" ? other.Element : other.Element == "" ? Element : throw new HostException($"{this} and {other} are no one type"), dims, Of?.Merge(other.Of!));
    }

    /// <summary>What this says, and where it says nothing, what a declaration does.</summary>
    public HostType Or(HostType? declared) => declared is null || Form == HostForm.Nothing ? declared ?? this
        : Form != declared.Form ? this
        : this with { Element = Element == "" ? declared.Element : Element, Dims = Dims ?? declared.Dims, Of = Of?.Or(declared.Of) };

    /// <summary>Whether a value is of this type, as far as it says something; extents are not looked at.</summary>
    public bool Fits(HostValue value) => (Form, value) switch
    {
        (HostForm.Nothing, _) => false,
        (HostForm.Optional, HostAbsent) => true,
        (HostForm.Optional, _) => Of!.Fits(value),
        (HostForm.Tensor, HostTensor tensor) => Element == "" || Element == tensor.Element && (Dims is null || Dims.Value.Length == tensor.Shape.Length),
        (HostForm.Text, HostText text) => Dims is null || Dims.Value.Length == text.Shape.Length,
        (HostForm.Sequence, HostSequence sequence) => sequence.Items.All(Of!.Fits),
        (HostForm.Map, HostMap map) => Of!.IsText == map.Keys is HostText,
        _ => false,
    };

    public bool Equals(HostType? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Form switch
    {
        HostForm.Tensor => $"{(Element == "" ? "number" : Element)}[{(Dims is { } dims ? string.Join(", ", dims) : "*")}]",
        HostForm.Text => $"text[{(Dims is { } dims ? string.Join(", ", dims) : "*")}]",
        HostForm.Sequence => $"sequence({Of})",
        HostForm.Optional => $"optional({Of})",
        HostForm.Map => $"map({(Of!.IsText ? "text" : Of.Element)}, {Element})",
        _ => "nothing",
    };

    /// <exception cref="HostException">The text is no type.</exception>
    public static HostType Parse(string text) => Parse(text, 0);

    private static HostType Parse(string text, int depth)
    {
        if (depth == MaxDepth) throw new HostException($"a type of more than {MaxDepth} types in one another");
        var open = text.IndexOfAny(['[', '(']);
        if (open < 0) return text == "nothing" ? Nothing : throw new HostException($"{text} is no type");
        if (text.Length < open + 2 || text[^1] != (text[open] == '[' ? ']' : ')')) throw new HostException($"{text} is no type");
        var (head, inside) = (text[..open], text[(open + 1)..^1]);
        ImmutableArray<string>? Extents() => inside == "*" ? null : inside == "" ? ImmutableArray<string>.Empty : [.. inside.Split(", ")];
        if (text[open] == '(' != (head is "sequence" or "optional" or "map")) throw new HostException($"{text} is no type");
        return head switch
        {
            "sequence" => Sequence(Parse(inside, depth + 1)),
            "optional" => new(HostForm.Optional, Of: Parse(inside, depth + 1)),
            "map" => inside.Split(", ") is not [var keys, var values] ? throw new HostException($"{text} is no type") : new(HostForm.Map, values, Of: keys == "text" ? Text() : Tensor(keys)),
            "text" => new(HostForm.Text, "", Extents()),
            "number" => new(HostForm.Tensor, "", Extents()),
            _ => new(HostForm.Tensor, head, Extents()),
        };
    }
}
