using System.Collections.Immutable;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>Types of a model's file as the host says them, and back.</summary>
internal static class HostTypes
{
    /// <returns>Null where the file does not say, or says what there is no value of.</returns>
    public static HostType? Of(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => ElementKinds.Of(type.TensorType.ElemType) switch
        {
            null => null,
            Scalar.String => HostType.Text(Dims(type.TensorType.Shape)),
            { } kind => HostType.Tensor(kind.Text, Dims(type.TensorType.Shape)),
        },
        TypeProto.ValueOneofCase.SequenceType => Of(type.SequenceType.ElemType) is { } item ? HostType.Sequence(item) : null,
        TypeProto.ValueOneofCase.OptionalType => Of(type.OptionalType.ElemType) is { } held ? new(HostForm.Optional, Of: held) : null,
        TypeProto.ValueOneofCase.MapType when Of(type.MapType.ValueType) is { } values => new(HostForm.Map, values.IsText ? "text" : values.Element,
            Of: ElementKinds.Of(type.MapType.KeyType) is { } kind and not Scalar.String ? HostType.Tensor(kind.Text) : HostType.Text()),
        _ => null,
    };

    /// <summary>Of a value in a graph; an extent that is no single name or number is open.</summary>
    /// <param name="names">Dimensions that others may share.</param>
    public static HostType Of(TensorType type, IReadOnlySet<string> names) =>
        HostType.Tensor(type.Scalar.Text, [.. type.Shape.Select(d => d is Number { Integer: var n } ? n.ToString(CultureInfo.InvariantCulture) : d is Symbol symbol && names.Contains(symbol.Name) ? symbol.Name : HostType.Open)]);

    /// <summary>The type of a tensor as a file says it.</summary>
    public static TypeProto Proto(HostType type)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = Scalars.Parse(type.Element) is { } kind ? ElementKinds.Number(kind) : 0 };
        if (type.Dims is { } dims) (tensor.Shape = new()).Dim.AddRange(dims.Select(d =>
            long.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new TensorShapeProto.Types.Dimension { DimValue = number }
            : new() { DimParam = d == HostType.Open ? "" : d }));
        return new() { TensorType = tensor };
    }

    private static ImmutableArray<string>? Dims(TensorShapeProto? shape) => shape is null ? null
        : [.. shape.Dim.Select(d => d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && d.DimValue >= 0 ? d.DimValue.ToString(CultureInfo.InvariantCulture) : d.DimParam is "" ? HostType.Open : d.DimParam)];
}
