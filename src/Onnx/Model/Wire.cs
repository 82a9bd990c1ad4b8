namespace Lathe.Onnx;

/// <summary>One field of a message: where it starts with its tag, and where its contents lie.</summary>
/// <param name="Number">Of the field in its message.</param>
/// <param name="Type">Protobuf's wire type: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.</param>
/// <param name="Start">Of the tag, in bytes from the start of the file.</param>
/// <param name="Offset">Of the contents.</param>
/// <param name="Length">Of the contents.</param>
internal readonly record struct Field(int Number, int Type, long Start, long Offset, long Length)
{
    public const int Delimited = 2;
    public long End => Offset + Length;
}

/// <summary>Walks the fields of one message in place: nothing is copied, positions are 64-bit, and every length is checked against the message around it.</summary>
internal struct Wire(Bytes file, long start, long end)
{
    private long at = start;

    public Wire(Bytes file) : this(file, 0, file.Length) { }
    public Wire(Bytes file, Field message) : this(file, message.Offset, message.End) { }

    /// <summary>The next field, or false at the end of the message.</summary>
    /// <exception cref="WireException">What stands here is not a field.</exception>
    public bool Next(out Field field)
    {
        field = default;
        if (at >= end) return false;
        var from = at;
        var tag = Varint();
        var (number, type) = ((long)(tag >> 3), (int)(tag & 7));
        if (number is 0 or > (1 << 29) - 1) throw new WireException(from, $"field number {number}");
        var offset = at;
        var length = type switch
        {
            0 => SkipVarint() - offset,
            1 => 8,
            2 => Length(ref offset),
            5 => 4,
            _ => throw new WireException(from, $"wire type {type}"),
        };
        if (length > end - offset) throw new WireException(from, $"a field of {length} bytes where {end - offset} are left", length - (end - offset));
        at = offset + length;
        field = new((int)number, type, from, offset, length);
        return true;
    }

    private long Length(ref long offset)
    {
        var from = at;
        var length = Varint();
        offset = at;
        return length <= long.MaxValue ? (long)length : throw new WireException(from, "a negative length");
    }

    private long SkipVarint()
    {
        Varint();
        return at;
    }

    private ulong Varint()
    {
        var (from, value) = (at, 0UL);
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= end) throw new WireException(from, "a number that does not end", 1);
            var part = file.Span(at++, 1)[0];
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
        throw new WireException(from, "a number of more than ten bytes");
    }
}

/// <summary>The bytes are not a protobuf message.</summary>
/// <param name="offset">Where, in bytes from the start of the file.</param>
/// <param name="what">What was found there.</param>
/// <param name="missing">Bytes at least that the end cut off; 0 where the fault is another.</param>
internal sealed class WireException(long offset, string what, long missing = 0) : Exception($"{what} at byte {offset}")
{
    public long Offset => offset;
    public long Missing => missing;
}
