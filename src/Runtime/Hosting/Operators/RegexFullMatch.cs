using System.Text.RegularExpressions;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Whether a pattern in RE2's syntax matches the whole of each text. ONNX RegexFullMatch, opset 20.</summary>
internal sealed class RegexFullMatch : HostOperator
{
    public override IReadOnlyList<string> Operators => ["RegexFullMatch"];
    public override string Carries => "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [HostType.Tensor("bool", Operand(x, 0).Dims)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (text, pattern) = (Text(x, 0), node.Text("pattern", ""));
        Regex regex;
        // As RE2: time grows with the text alone, and there is no looking around.
        try { regex = new($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking); }
        catch (Exception e) when (e is ArgumentException or NotSupportedException) { throw new HostException($"the pattern {pattern}: {e.Message}"); }
        return [HostTensor.Of("bool", text.Shape, [.. text.Elements.Select(t => regex.IsMatch(t) ? 1.0 : 0)])];
    }
}
