namespace Lathe.Onnx;

/// <summary>A bound of a number that only a run can tell: <c>boxes.0=300</c>.</summary>
/// <param name="Name">As diagnostics and dumps name it.</param>
/// <param name="Most">What it cannot exceed; a run that finds more ends with a code.</param>
public sealed record MaxBinding(string Name, long Most)
{
    /// <exception cref="DiagnosticException">The text is not <c>name=number</c>.</exception>
    public static MaxBinding Parse(string text)
    {
        var sign = text.LastIndexOf('=');
        return sign > 0 && long.TryParse(text[(sign + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most < Symbol.Unbounded
            ? new(text[..sign].Trim(), most) : throw new DiagnosticException(Faults.MaxSyntax(text));
    }
}
