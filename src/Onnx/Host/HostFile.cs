using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Files of values that are not only tensors: what kind one holds is not in the file, but in the model.</summary>
internal static class HostFile
{
    /// <param name="type">As the model declares it; a tensor where it does not.</param>
    /// <exception cref="DiagnosticException">The file does not hold such a value.</exception>
    public static HostValue Read(string path, TypeProto? type)
    {
        var (name, tensors) = (Path.GetFileName(path), new TensorReader(new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)));
        try
        {
            var bytes = File.ReadAllBytes(path);
            return type?.ValueCase switch
            {
                TypeProto.ValueOneofCase.SequenceType => Sequence(SequenceProto.Parser.ParseFrom(bytes), tensors, name),
                TypeProto.ValueOneofCase.OptionalType => Optional(OptionalProto.Parser.ParseFrom(bytes), tensors, name),
                TypeProto.ValueOneofCase.MapType => Map(MapProto.Parser.ParseFrom(bytes), tensors, name),
                _ => HostValue.Of(tensors.Read(TensorProto.Parser.ParseFrom(bytes), name)),
            };
        }
        catch (InvalidProtocolBufferException e) { throw new DiagnosticException(Faults.Damaged(e.Message) with { Where = name }); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new DiagnosticException(Faults.CannotOpen(path, e.Message)); }
    }

    private static HostSequence Sequence(SequenceProto sequence, TensorReader tensors, string name) => new([
        .. sequence.TensorValues.Select(t => HostValue.Of(tensors.Read(t, name))),
        .. sequence.SequenceValues.Select(s => Sequence(s, tensors, name)),
        .. sequence.MapValues.Select(m => Map(m, tensors, name)),
        .. sequence.OptionalValues.Select(o => Optional(o, tensors, name))]);

    private static HostMap Map(MapProto map, TensorReader tensors, string name)
    {
        HostValue keys = map.StringKeys.Count > 0 ? new HostText([map.StringKeys.Count], [.. map.StringKeys.Select(k => k.ToStringUtf8())]) : new HostTensor(Tensor.Of([map.Keys.Count], [.. map.Keys]));
        var (count, values) = (Math.Max(map.StringKeys.Count, map.Keys.Count), (map.Values?.TensorValues ?? []).Select(t => HostValue.Of(tensors.Read(t, name))).ToList());
        if (values.Count == count && values.TrueForAll(v => v is HostText { Elements.Count: 1 })) return new(keys, new HostText([count], [.. values.Select(v => ((HostText)v).Elements[0])]));
        if (values.Count == count && values.TrueForAll(v => v is HostTensor { Tensor.Count: 1 })) return new(keys, new HostTensor(Tensor.Of(values.Count == 0 ? Scalar.F32 : ((HostTensor)values[0]).Tensor.Kind, [count], [.. values.Select(v => ((HostTensor)v).Tensor.ToDoubles()[0])])));
        throw new DiagnosticException(Faults.Damaged($"{count} keys do not have one number or text each") with { Where = name });
    }

    private static HostValue Optional(OptionalProto optional, TensorReader tensors, string name) =>
        optional.TensorValue is { } tensor ? HostValue.Of(tensors.Read(tensor, name))
        : optional.SequenceValue is { } sequence ? Sequence(sequence, tensors, name)
        : optional.OptionalValue is { } inner ? Optional(inner, tensors, name) : new HostAbsent();
}
