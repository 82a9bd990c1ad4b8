namespace Lathe.Ir;

/// <summary>Writes where the numbers of weights are: small ones in place, others by the hash of each plane.</summary>
internal static class WeightText
{
    /// <summary>Most numbers of a weight that stand in the text.</summary>
    public const int MostInPlace = 8;

    /// <summary>Hexadecimal digits of a hash in the text.</summary>
    public const int Digits = 16;

    /// <param name="weights">Each with its sigil and name, its type and the bytes of its planes.</param>
    public static void Write(TextWriting text, IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> weights)
    {
        var all = weights.ToList();
        if (all.Count == 0) return;
        text.Braces("weights", () =>
        {
            foreach (var (name, type, planes) in all) text.Line($"@{NameText.Sigiled(name)} : {type} = {InPlace(type, planes) ?? Hashes(type, planes) + Size(type, planes)}");
        });
    }

    /// <summary>The planes that stand by their hash and must be kept beside the text.</summary>
    public static IEnumerable<Bytes> Outside(IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> weights) => weights.Where(w => InPlace(w.Type, w.Planes) is null).SelectMany(w => w.Planes);

    private static string Hashes(TensorType type, Seq<Bytes> planes) =>
        string.Join(", ", type.Encoding.Planes(type.Shape).Zip(planes).Select(p => $"{(p.First.Name == "" ? "" : p.First.Name + "=")}sha:{p.Second.Hash[..Digits]}"));

    private static string Size(TensorType type, Seq<Bytes> planes)
    {
        var bytes = planes.Sum(p => p.Length);
        return string.Create(CultureInfo.InvariantCulture, $"    // {bytes} B, {bytes * 8.0 / type.Count:0.00} bits/weight");
    }

    /// <summary>The numbers of a small dense weight; null where text would not give the same bytes again.</summary>
    private static string? InPlace(TensorType type, Seq<Bytes> planes)
    {
        if (type is not { Encoding: Dense { Kind: var kind }, IsStatic: true } || kind.Bits == 0 || kind.IsComplex || type.Count > MostInPlace) return null;
        var bytes = planes[0].Span(0, (int)planes[0].Length);
        var all = new Expr[type.Count];
        for (var i = 0; i < all.Length; i++) all[i] = Element(kind, bytes, i);
        var same = Packed(kind, new(all)) is { } again && again.AsSpan().SequenceEqual(bytes);
        GC.KeepAlive(planes);
        return same ? $"[{string.Join(", ", all.Select(e => Show((Number)e)))}]" : null;
    }

    private static Expr Element(Scalar kind, ReadOnlySpan<byte> bytes, int i) => kind.IsReal ? Number.Of(kind.Arithmetic, Numbers.Read(kind, bytes, i)) : Number.Of(kind, Numbers.ReadWhole(kind, bytes, i));

    /// <summary>An element without its kind: the type says it.</summary>
    private static string Show(Number n) => n.IsReal ? RecordText.Real(n.Real, n.Type == Scalar.F32) : n.Type == Scalar.Bool ? ExprText.Literal(n) : n.Type == Scalar.U64 ? ((ulong)n.Integer).ToString(CultureInfo.InvariantCulture) : n.Integer.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bytes of literals, each in the arithmetic kind.</summary>
    public static byte[] Packed(Scalar kind, Seq<Expr> elements)
    {
        var bytes = new byte[kind.Bytes(elements.Count)];
        for (var i = 0; i < elements.Count; i++)
            if (kind.IsReal) Numbers.Write(kind, bytes, i, ((Number)elements[i]).Real);
            else Numbers.WriteWhole(kind, bytes, i, ((Number)elements[i]).Integer);
        return bytes;
    }
}
