namespace Lathe.Onnx;

/// <summary>A dimension bound by the user: <c>batch=1</c>, <c>seq=1..512</c>, <c>batch=1..</c>, <c>image.2=224</c>.</summary>
/// <param name="Name">Of the dimension in the model, or <c>input.axis</c>.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value; a dimension whose bounds are equal is a number.</param>
public sealed record DimBinding(string Name, long Low, long High)
{
    /// <exception cref="DiagnosticException">The text is not <c>name=value</c>, <c>name=low..high</c> or <c>name=low..</c>.</exception>
    public static DimBinding Parse(string text)
    {
        var sign = text.LastIndexOf('=');
        var (name, range) = sign > 0 ? (text[..sign].Trim(), text[(sign + 1)..].Trim()) : ("", "");
        var dots = range.IndexOf("..", StringComparison.Ordinal);
        var (low, high) = dots < 0 ? (range, range) : (range[..dots], range[(dots + 2)..] is { Length: > 0 } bound ? bound : $"{Symbol.Unbounded}");
        return name != "" && Whole(low) is { } least && Whole(high) is { } most && least <= most ? new(name, least, most)
            : throw new DiagnosticException(Faults.DimSyntax(text));
    }

    private static long? Whole(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Symbol.Unbounded ? value : null;

    public override string ToString() => Low == High ? $"{Name}={Low}" : High == Symbol.Unbounded ? $"{Name}={Low}.." : $"{Name}={Low}..{High}";
}
