namespace Lathe.Passes.Selectors;

/// <summary>A bound on a number of bytes: <c>&gt; 1MB</c>; see <see cref="ByteSize"/>.</summary>
/// <param name="Than">One of <c>&gt; &gt;= &lt; &lt;=</c>.</param>
public sealed record ByteBound(string Than, long Bytes)
{
    public bool Holds(long bytes) => Than switch
    {
        ">" => bytes > Bytes,
        ">=" => bytes >= Bytes,
        "<" => bytes < Bytes,
        _ => bytes <= Bytes,
    };

    /// <exception cref="FormatException">It is none.</exception>
    public static ByteBound Parse(string text)
    {
        var than = text.StartsWith(">=", StringComparison.Ordinal) || text.StartsWith("<=", StringComparison.Ordinal) ? text[..2] : text is ['>' or '<', ..] ? text[..1] : throw Wrong();
        return ByteSize.Of(text[than.Length..].Trim()) is { } size ? new(than, size.Bytes) : throw Wrong();

        FormatException Wrong() => new($"'{text}' bounds no number of bytes: write > 1MB, <= 64KiB");
    }

    public override string ToString() => $"{Than} {new ByteSize(Bytes)}";
}
