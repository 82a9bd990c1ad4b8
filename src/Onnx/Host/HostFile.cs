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
                TypeProto.ValueOneofCase.MapType => throw new DiagnosticException(Faults.InputKind(name, "a map")),
                _ => HostValue.Of(tensors.Read(TensorProto.Parser.ParseFrom(bytes), name)),
            };
        }
        catch (InvalidProtocolBufferException e) { throw new DiagnosticException(Faults.Damaged(e.Message) with { Where = name }); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new DiagnosticException(Faults.CannotOpen(path, e.Message)); }
    }

    private static HostSequence Sequence(SequenceProto sequence, TensorReader tensors, string name) => new([
        .. sequence.TensorValues.Select(t => HostValue.Of(tensors.Read(t, name))),
        .. sequence.SequenceValues.Select(s => Sequence(s, tensors, name)),
        .. sequence.OptionalValues.Select(o => Optional(o, tensors, name))]);

    private static HostValue Optional(OptionalProto optional, TensorReader tensors, string name) =>
        optional.TensorValue is { } tensor ? HostValue.Of(tensors.Read(tensor, name))
        : optional.SequenceValue is { } sequence ? Sequence(sequence, tensors, name)
        : optional.OptionalValue is { } inner ? Optional(inner, tensors, name) : new HostAbsent();
}
