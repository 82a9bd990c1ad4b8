namespace Lathe.Onnx;

/// <summary>The tensor that a Constant node holds, in whichever of its attributes. ONNX Constant, opset 25.</summary>
internal static class ConstantNode
{
    /// <exception cref="DiagnosticException">No attribute, several, or a tensor that is none.</exception>
    public static TensorContents Read(OnnxNode node, TensorReader tensors)
    {
        if (node.Attributes.Count != 1) throw new DiagnosticException(Faults.Misfit(node.Where, $"Constant takes one of its attributes, it has {(node.Attributes.Count == 0 ? "none" : string.Join(", ", node.Attributes.Keys))}", ""));
        var (name, attribute) = node.Attributes.Single();
        return name switch
        {
            "value" when attribute.T is { } t => tensors.Read(t, node.Where),
            "sparse_value" when attribute.SparseTensor is { } t => tensors.Read(t, node.Where),
            "value_int" => new(Scalar.I64, [], Bytes.Of<long>([node.Int(name, 0)])),
            "value_ints" => Vector(Scalar.I64, node.Ints(name)!.Value.AsSpan()),
            "value_float" => new(Scalar.F32, [], Bytes.Of<float>([(float)node.Float(name, 0)])),
            "value_floats" => Vector(Scalar.F32, (ReadOnlySpan<float>)[.. attribute.Floats]),
            "value_string" or "value_strings" => throw new DiagnosticException(Faults.TextWeight(node.Where)),
            "value" or "sparse_value" => throw new DiagnosticException(Faults.AttributeKind(node.Where, "Constant", name, name == "value" ? "a tensor" : "a sparse tensor", AttributeKinds.Of(attribute).Text())),
            _ => throw new DiagnosticException(Faults.UnknownAttribute(node.Where, "Constant", name, "value, sparse_value, value_int, value_ints, value_float, value_floats, value_string, value_strings")),
        };
    }

    private static TensorContents Vector<T>(Scalar kind, ReadOnlySpan<T> numbers) where T : unmanaged => new(kind, [numbers.Length], Bytes.Of(numbers));
}
