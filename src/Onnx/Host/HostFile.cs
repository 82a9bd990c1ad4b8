using Google.Protobuf;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>Files of values that are not only tensors: what kind one holds is not in the file, but in the model.</summary>
public static class HostFile
{
    /// <param name="type">As the model declares it; a tensor where it does not.</param>
    /// <exception cref="DiagnosticException">The file does not hold such a value.</exception>
    public static HostValue Read(string path, HostType? type)
    {
        var (name, tensors) = (Path.GetFileName(path), new TensorReader(new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)));
        try
        {
            var bytes = File.ReadAllBytes(path);
            return type?.Form switch
            {
                HostForm.Sequence => Sequence(SequenceProto.Parser.ParseFrom(bytes), tensors, name),
                HostForm.Optional => Optional(OptionalProto.Parser.ParseFrom(bytes), tensors, name),
                HostForm.Map => Map(MapProto.Parser.ParseFrom(bytes), tensors, name),
                _ => HostTensors.Of(tensors.Read(TensorProto.Parser.ParseFrom(bytes), name)),
            };
        }
        catch (InvalidProtocolBufferException e) { throw new DiagnosticException(Faults.Damaged(e.Message) with { Where = name }); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new DiagnosticException(Faults.CannotOpen(path, e.Message)); }
    }

    private static HostSequence Sequence(SequenceProto sequence, TensorReader tensors, string name) => new([
        .. sequence.TensorValues.Select(t => HostTensors.Of(tensors.Read(t, name))),
        .. sequence.SequenceValues.Select(s => Sequence(s, tensors, name)),
        .. sequence.MapValues.Select(m => Map(m, tensors, name)),
        .. sequence.OptionalValues.Select(o => Optional(o, tensors, name))]);

    private static HostMap Map(MapProto map, TensorReader tensors, string name)
    {
        var count = Math.Max(map.StringKeys.Count, map.Keys.Count);
        HostValue keys = map.StringKeys.Count > 0 ? new HostText([count], [.. map.StringKeys.Select(k => k.ToStringUtf8())]) : HostTensor.Of([count], [.. map.Keys]);
        var values = (map.Values?.TensorValues ?? []).Select(t => HostTensors.Of(tensors.Read(t, name))).ToList();
        if (values.Count == count && values.TrueForAll(v => v is HostText { Elements.Length: 1 })) return new(keys, new HostText([count], [.. values.Select(v => ((HostText)v).Elements[0])]));
        if (values.Count == count && values.TrueForAll(v => v is HostTensor { Count: 1 } one && one.Element == ((HostTensor)values[0]).Element))
            return new(keys, new HostTensor(count == 0 ? "f32" : ((HostTensor)values[0]).Element, [count], [.. values.SelectMany(v => ((HostTensor)v).Bytes)]));
        throw new DiagnosticException(Faults.Damaged($"{count} keys do not have one number of one kind or one text each") with { Where = name });
    }

    private static HostValue Optional(OptionalProto optional, TensorReader tensors, string name) =>
        optional.TensorValue is { } tensor ? HostTensors.Of(tensors.Read(tensor, name))
        : optional.SequenceValue is { } sequence ? Sequence(sequence, tensors, name)
        : optional.OptionalValue is { } inner ? Optional(inner, tensors, name) : new HostAbsent();
}
