namespace Lathe.Onnx.Host;

/// <summary>Numbers as text and text as numbers. ONNX Cast, opset 13.</summary>
internal sealed class TextCast : HostOp
{
    public override Seq<string> Operators => ["Cast"];

    public override bool Takes(Seq<HostValue?> x) => true;

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var to = ElementKinds.Of(node.Int("to", 0)) ?? throw new TypeException("to is missing");
        return (x[0], to) switch
        {
            (HostText text, Scalar.String) => [text],
            (HostText text, _) => [new HostTensor(Tensor.Of(to, text.Shape, [.. text.Elements.Select(Number)]))],
            (HostTensor { Tensor: var tensor }, Scalar.String) => [new HostText(tensor.Shape, [.. tensor.ToDoubles().Select(n => Word(n, tensor.Kind))])],
            _ => scope.Step(node, x),
        };
    }

    private static double Number(string text) => text.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        "NAN" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new TypeException($"\"{text}\" is no number"),
    };

    private static string Word(double number, Scalar kind) => kind.IsReal switch
    {
        _ when double.IsNaN(number) => "NaN",
        _ when double.IsInfinity(number) => number > 0 ? "INF" : "-INF",
        true when kind == Scalar.F64 => number.ToString("R", CultureInfo.InvariantCulture),
        true => ((float)number).ToString("R", CultureInfo.InvariantCulture),
        _ => ((long)number).ToString(CultureInfo.InvariantCulture),
    };
}
