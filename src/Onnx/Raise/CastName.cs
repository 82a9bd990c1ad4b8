namespace Lathe.Onnx;

/// <summary>Cast up to opset 5: the kind of number is a name.</summary>
internal sealed class CastName : Raise
{
    private static readonly Dictionary<string, Scalar> Kinds = new(StringComparer.Ordinal)
    {
        ["FLOAT"] = Scalar.F32,
        ["UINT8"] = Scalar.U8,
        ["INT8"] = Scalar.I8,
        ["UINT16"] = Scalar.U16,
        ["INT16"] = Scalar.I16,
        ["INT32"] = Scalar.I32,
        ["INT64"] = Scalar.I64,
        ["BOOL"] = Scalar.Bool,
        ["FLOAT16"] = Scalar.F16,
        ["DOUBLE"] = Scalar.F64,
        ["UINT32"] = Scalar.U32,
        ["UINT64"] = Scalar.U64,
    };

    public override Seq<string> Operators => ["Cast"];
    public override long Last => 5;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var name = node.String("to", "");
        yield return Newer(node.With("to", (long)ElementKinds.Number(Kinds.TryGetValue(name, out var kind) ? kind : throw new TypeException($"to must name a kind of number, it is {name}"))));
    }
}
