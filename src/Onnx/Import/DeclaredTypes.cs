using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Types that the file notes beside values. They are advice: the operators' own rules decide, and a contradiction is a warning.</summary>
internal static class DeclaredTypes
{
    public static void Compare(IEnumerable<ValueInfoProto> declared, IReadOnlyDictionary<string, Value> values, Report report)
    {
        foreach (var note in declared)
            if (values.TryGetValue(note.Name, out var value) && note.Type?.TensorType is { } tensor && !Agrees(tensor, value.Type))
                report.Add(Faults.Contradiction(note.Name, Show(tensor), value.Type.ToString()));
    }

    private static bool Agrees(TypeProto.Types.Tensor declared, TensorType inferred) =>
        (declared.ElemType == 0 || ElementKinds.Of(declared.ElemType) == inferred.Scalar)
        && (declared.Shape is not { } shape || shape.Dim.Count == inferred.Rank && shape.Dim.Zip(inferred.Shape).All(p => Agrees(p.First, p.Second)));

    private static bool Agrees(TensorShapeProto.Types.Dimension declared, Expr inferred) =>
        declared.ValueCase != TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue || declared.DimValue <= 0
        || Linear.Range(inferred) is var (low, high) && low <= declared.DimValue && declared.DimValue <= high;

    private static string Show(TypeProto.Types.Tensor type) =>
        $"tensor<{(type.Shape is null ? "" : $"[{string.Join(", ", type.Shape.Dim.Select(d => d.DimParam != "" ? d.DimParam : d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? d.DimValue.ToString(CultureInfo.InvariantCulture) : "?"))}], ")}{ElementKinds.Of(type.ElemType)?.Text ?? "?"}>";
}
