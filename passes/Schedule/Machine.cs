using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a schedule must know of a processor; all that differs between machines.</summary>
/// <param name="Name">As <c>--cpu</c> names it.</param>
/// <param name="VectorBytes">Bytes of the widest vector that runs at full rate.</param>
/// <param name="VectorRegisters">How many of those there are.</param>
/// <param name="Level1">Bytes of the first data cache of a core.</param>
/// <param name="Level2">Bytes of the second cache of a core.</param>
/// <param name="Level3">Bytes of the last cache that one thread may count on.</param>
/// <param name="HasFma">Whether it multiplies and adds in one step, rounding once.</param>
/// <param name="Tasks">Most parts a parallel loop is split into; fixed, so that results and scratch do not depend on the number of threads.</param>
/// <param name="Quads">What adds products of four bytes to a sum of 32 bits.</param>
public sealed record Machine(string Name, int VectorBytes = 32, int VectorRegisters = 16, int Level1 = 32 << 10, int Level2 = 512 << 10, int Level3 = 16 << 20, int Tasks = 16, bool HasFma = true, ByteQuads Quads = ByteQuads.None)
{
    /// <summary>Bytes that come from memory in the time of one multiply-add of vectors; about the same for 32 and 64 bytes of vector, since those run at half the rate.</summary>
    private const double StreamedBytes = 2.6;

    /// <summary>The same from the last cache, and from the second.</summary>
    private const double SharedBytes = 8, NearBytes = 24;

    /// <summary>Multiply-adds of vectors in the time that bytes take to come from memory.</summary>
    public double MemorySteps(double bytes) => bytes / StreamedBytes;

    /// <summary>The same where a run reads so many bytes in all, run after run: fewer than a cache holds come from there.</summary>
    public double MemorySteps(double bytes, double all) => bytes / (all <= Level2 ? NearBytes : all <= Level3 ? SharedBytes : StreamedBytes);

    /// <summary>Numbers of f32 in a vector.</summary>
    public int Lanes => VectorBytes / 4;

    /// <summary>Whether so many rows of f32, read side by side, fall on the same few sets of the first cache and drive each other out.</summary>
    /// <param name="rows">Of a tile.</param>
    /// <param name="stride">Numbers between them.</param>
    public bool Collides(long rows, long stride)
    {
        const long line = 64, ways = 8;
        var sets = Level1 / (line * ways);
        if (stride == 0 || stride * 4 % line != 0) return false;
        var (a, b) = (stride * 4 / line % sets, sets);
        while (a != 0) (a, b) = (b % a, a);
        return rows > sets / b * (ways / 2);
    }

    /// <summary>a·b + c as the machine does it.</summary>
    public Expr MultiplyAdd(Expr a, Expr b, Expr c) => HasFma ? Expr.Fma(a, b, c) : a * b + c;
}

/// <summary>A processor's step that adds four products of bytes to a sum of 32 bits, exactly.</summary>
public enum ByteQuads
{
    /// <summary>It has none: pairs of 16 bits do.</summary>
    None,
    /// <summary>Unsigned by signed: x86's VNNI.</summary>
    Mixed,
    /// <summary>Signed by signed: AArch64's dot product.</summary>
    Signed,
}
