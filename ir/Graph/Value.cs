namespace Lathe.Ir;

/// <summary>A named tensor. Local values start with % in the text, weights with @. Two values are the same only if they are the same object.</summary>
/// <param name="name">From the model; unique in its graph; survives every pass.</param>
/// <param name="type">What it is.</param>
/// <param name="planes">The bytes of each plane of a weight; none for a value that is computed.</param>
/// <param name="known">The elements of a small tensor whose contents are known when compiling, in row-major order.</param>
public sealed class Value(string name, TensorType type, Seq<Bytes> planes = default, Seq<Expr>? known = null)
{
    /// <summary>Most elements of a tensor whose contents are followed when compiling.</summary>
    public const int MostKnown = 1024;

    public string Name => name;
    public TensorType Type => type;
    public Seq<Bytes> Planes => planes;
    public bool IsWeight => planes.Count > 0;

    /// <summary>Literals of a small weight, or dimension expressions that were computed; null where nothing is known.</summary>
    public Seq<Expr>? Known => known ??= ReadWeight();

    /// <summary>The same tensor under another type, its contents still those.</summary>
    public Value With(TensorType other) => new(name, other, planes, known);

    private Seq<Expr>? ReadWeight()
    {
        if (!IsWeight || type.Encoding is not Dense { Kind: var kind } || kind.IsComplex || kind == Scalar.String || type.Count > MostKnown) return null;
        var bytes = planes[0].Span(0, (int)planes[0].Length);
        var all = new Expr[type.Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = kind.IsReal ? Number.Of(kind.Arithmetic, Numbers.Read(kind, bytes, i)) : Number.Of(kind.Arithmetic, Numbers.ReadWhole(kind, bytes, i));
        GC.KeepAlive(planes);
        return new(all);
    }

    public override string ToString() => (IsWeight ? "@" : "%") + NameText.Sigiled(name);
}
