using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A step that reads a weight, or makes a value, stored in a format.</summary>
[Description("steps that make a value, or read a weight, stored in a format: type(f32)")]
public sealed record Type(Seq<FormatName> Formats) : Criterion
{
    protected internal override bool Matches(Node node) => node.Results.Concat(Weights(node)).Any(v => Formats.Any(f => f.Names(v.Type.Encoding)));
}

/// <summary>A weight format without its parameters, or a kind of number: <c>i4</c>, <c>f32</c>.</summary>
public sealed record FormatName(string Word)
{
    private static Seq<string> Known => [.. Enum.GetValues<Scalar>().Select(s => s.Text).Concat(Vocabulary.Of<Encoding>()
        .Where(t => t != typeof(Dense)).Select(Vocabulary.Word)).Distinct().Order(StringComparer.Ordinal)];

    public bool Names(Encoding encoding) => Word == (encoding is Dense dense ? dense.Kind.Text : Vocabulary.Word(encoding.GetType()));

    /// <exception cref="FormatException">There is no such format.</exception>
    public static FormatName Parse(string text) => Known.Contains(text) ? new(text)
        : throw new FormatException($"no format {text}{(Nearest.To(text, Known) is { } near ? $"; did you mean {near}?" : "")}");

    public override string ToString() => Word;
}
