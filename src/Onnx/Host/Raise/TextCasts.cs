using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>Numbers as text and text as numbers. ONNX Cast, opset 13.</summary>
internal sealed class TextCasts : HostRaise
{
    /// <summary>Kinds that the host reads and writes; others go through f32.</summary>
    private static bool IsOfHost(Scalar kind) => kind is Scalar.Bool or (>= Scalar.I8 and <= Scalar.U64) or Scalar.F16 or Scalar.F32 or Scalar.F64;

    public override Seq<(string Domain, string Name)> Operators => [("", "Cast")];

    public override bool Takes(OnnxNode node, Seq<HostType?> x) => To(node) == Scalar.String || x is [{ IsText: true }];

    public override Seq<OnnxNode> Apply(OnnxNode node, Seq<HostType?> x)
    {
        var (to, between) = (To(node), Inner(node, "f32"));
        var through = node.With("to", (long)ElementKinds.Number(Scalar.F32)) with { Outputs = [between] };
        if (x is [{ IsText: true }])
            return to == Scalar.String ? [OnnxNode.Of("Identity", node.Inputs, node.Outputs)]
                : IsOfHost(to) ? [Cast(node, node.Inputs, node.Outputs, to.Text)]
                : [Cast(node, node.Inputs, [between], Scalar.F32.Text), node with { Inputs = [between] }];
        return x is [{ Element: { Length: > 0 } from }] && Scalars.Parse(from) is { } kind && !IsOfHost(kind) ? [through, Cast(node, [between], node.Outputs, "text")] : [Cast(node, node.Inputs, node.Outputs, "text")];
    }

    private static Scalar To(OnnxNode node) => ElementKinds.Of(node.Int("to", 0)) ?? throw new TypeException("to is missing");

    private static OnnxNode Cast(OnnxNode node, Seq<string> inputs, Seq<string> outputs, string to) => Use("TextCast", node, inputs, outputs).With("to", to);
}
