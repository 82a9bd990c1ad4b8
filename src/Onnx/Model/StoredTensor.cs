using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A tensor as the file holds it: its description, and its raw data left where it lies.</summary>
/// <param name="Header">Everything but raw_data.</param>
/// <param name="Raw">raw_data, sharing the file's memory; null where the tensor has none.</param>
internal sealed record StoredTensor(TensorProto Header, Bytes? Raw)
{
    private const int RawData = 9;

    public string Name => Header.Name;

    /// <summary>A tensor as it stands in a file.</summary>
    /// <exception cref="WireException">It is damaged.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is damaged.</exception>
    public static StoredTensor Read(Bytes file, Wire message)
    {
        var (header, raw) = (new TensorProto(), default(Bytes));
        while (message.Next(out var field))
            if (field is { Number: RawData, Type: Field.Delimited }) raw = file.Slice(field.Offset, field.Length);
            else Fields.Merge(header, file, field);
        return new(header, raw is { Length: 0 } ? null : raw);
    }
}

internal static class Fields
{
    /// <summary>Reads one field into a message of the generated classes.</summary>
    public static void Merge(IMessage message, Bytes file, Field field)
    {
        if (field.End - field.Start > int.MaxValue) throw new WireException(field.Start, $"field {field.Number} of {field.Length} bytes (only raw_data may be beyond 2 GiB)");
        message.MergeFrom(file.Span(field.Start, (int)(field.End - field.Start)));
    }
}
