using System.Text.RegularExpressions;

namespace Lathe.Onnx.Host;

/// <summary>Whether a pattern in RE2's syntax matches the whole of each text. ONNX RegexFullMatch, opset 20.</summary>
internal sealed class RegexFullMatch : HostOp
{
    public override Seq<string> Operators => ["RegexFullMatch"];
    public override string Carries => "text";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var (text, pattern) = (Text(x, 0), node.String("pattern", ""));
        Regex regex;
        // As RE2: time grows with the text alone, and there is no looking around.
        try { regex = new($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking); }
        catch (Exception e) when (e is ArgumentException or NotSupportedException) { throw new TypeException($"the pattern {pattern}: {e.Message}"); }
        yield return new HostTensor(Tensor.Of(Scalar.Bool, text.Shape, [.. text.Elements.Select(t => regex.IsMatch(t) ? 1.0 : 0)]));
    }
}
