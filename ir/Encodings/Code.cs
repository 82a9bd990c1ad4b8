namespace Lathe.Ir;

/// <summary>The whole numbers that a format stores for each number, named as the text names them: <c>i4</c>, <c>u3</c>.</summary>
/// <param name="Signed">Whether codes stand for numbers on both sides of 0.</param>
/// <param name="Bits">2 to 8 (codes of 1 bit are unsigned).</param>
public readonly record struct Code(bool Signed, int Bits)
{
    /// <summary>Bits that memory holds side by side: a code of another width is split into these, the low ones first.</summary>
    private static readonly int[] Widths = [8, 4, 2, 1];

    /// <summary>Least and greatest code. Those of eight bits leave out -128, so that a product of two fits pairs.</summary>
    public (int Low, int High) Range => !Signed ? (0, (1 << Bits) - 1) : Bits == 8 ? (-127, 127) : (-(1 << Bits - 1), (1 << Bits - 1) - 1);

    /// <summary>What is added to a code before it is stored: below a byte memory holds no signs.</summary>
    public int Offset => Signed && Bits < 8 ? 1 << Bits - 1 : 0;

    /// <summary>The code that a name of the text says; null for any other word.</summary>
    public static Code? Parse(string word) => word is ['i' or 'u', >= '1' and <= '8'] && new Code(word[0] == 'i', word[1] - '0') is var code && (code.Bits > 1 || !code.Signed) ? code : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Signed ? 'i' : 'u')}{Bits}");

    /// <summary>The planes that hold a code for each number: one, or one for each part of an odd width.</summary>
    public IEnumerable<Plane> Planes(Shape shape)
    {
        foreach (var (shift, width) in Parts()) yield return new(Name(shift, width), Kind(width), shape);
    }

    /// <summary>A code as a formula over the planes.</summary>
    /// <param name="outside">The code that stands for an index out of bounds; null where every index is inside.</param>
    public Expr Read(Storage storage, Seq<Expr> at, long? outside)
    {
        Expr? all = null;
        foreach (var (shift, width) in Parts())
        {
            var part = storage.Load(Name(shift, width), at, outside is { } code ? Number.Of(Kind(width), code + Offset >> shift) : null).As(Scalar.I32);
            all = all is null ? part : all + part * (1 << shift);
        }
        return Offset == 0 ? all! : all! - Offset;
    }

    /// <summary>What each plane stores for a code, given as i32.</summary>
    public IEnumerable<Expr> Write(Expr code)
    {
        var stored = Offset == 0 ? code : code + Offset;
        foreach (var (shift, width) in Parts()) yield return (shift == 0 ? stored : stored >> shift).As(Kind(width));
    }

    /// <summary>The bytes of each plane for codes in row-major order.</summary>
    public IEnumerable<Bytes> Pack(int[] codes)
    {
        foreach (var (shift, width) in Parts())
        {
            // The first of those that share a byte in its low bits, as numbers below a byte lie in memory.
            var (offset, bytes, each, mask) = (Offset, new byte[Kind(width).Bytes(codes.Length)], 8 / width, (1 << width) - 1);
            Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, bytes.Length), range =>
            {
                for (var at = range.Item1; at < range.Item2; at++)
                    for (var part = 0; part < each && at * each + part < codes.Length; part++)
                        bytes[at] |= (byte)((codes[at * each + part] + offset >> shift & mask) << part * width);
            });
            yield return Bytes.Of(bytes);
        }
    }

    private IEnumerable<(int Shift, int Width)> Parts()
    {
        var shift = 0;
        foreach (var width in Widths)
        {
            if (shift + width > Bits) continue;
            yield return (shift, width);
            shift += width;
        }
    }

    private string Name(int shift, int width) => width == Bits ? "q" : string.Create(CultureInfo.InvariantCulture, $"q{shift}");

    private Scalar Kind(int width) => width switch { 8 => Signed ? Scalar.I8 : Scalar.U8, 4 => Scalar.U4, 2 => Scalar.U2, _ => Scalar.U1 };
}
