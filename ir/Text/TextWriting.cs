using System.Text;

namespace Lathe.Ir;

/// <summary>Lines of text, those inside braces indented by two spaces.</summary>
internal sealed class TextWriting
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line)
    {
        if (line != "") text.Append(' ', depth * 2).Append(line);
        text.Append('\n');
    }

    /// <summary>A line that opens braces, what stands in them, and their end.</summary>
    public void Braces(string opening, Action inside)
    {
        Line($"{opening} {{".TrimStart());
        depth++;
        inside();
        depth--;
        Line("}");
    }

    public override string ToString() => text.ToString();

    /// <summary>Extents as <c>6x2x8</c> where all are numbers, else as a list.</summary>
    public static string Extents(Shape shape) => shape.All(e => e is Number) ? string.Join('x', shape.Select(e => e.Whole)) : shape.ToString();

    /// <summary>A buffer where it is declared: <c>%acc: 6x2x8 f32 in registers</c>.</summary>
    public static string Declared(Buffer b, string sigil = "%") => $"{sigil}{NameText.Sigiled(b.Name)}: {(b.Shape is [] ? "" : Extents(b.Shape) + " ")}{b.Scalar.Text}"
        + (b.Order is [] ? "" : $" order={b.Order}") + (b.Space == Space.Argument ? "" : $" in {RecordText.Show(b.Space)}");

    /// <summary>The dimensions that a header declares.</summary>
    public static string Where(IEnumerable<Symbol> symbols) => string.Join(", ", symbols.Select(s => $"{NameText.Bare(s.Name)} in {s.Low}..{(s.High == Symbol.Unbounded ? "" : s.High.ToString(CultureInfo.InvariantCulture))}")) is var all && all == "" ? "" : $" where {all}";

    public static string Check(Guarded guard) => $"check {guard.Condition}, {NameText.Quoted(guard.Message)}";

    public static string Parameters(IEnumerable<Value> values) => string.Join(", ", values.Select(v => $"{v}: {v.Type}{(v.Known is { } known ? $" = {known}" : "")}"));
}
