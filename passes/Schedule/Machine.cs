using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a schedule must know of a processor; all that differs between machines.</summary>
/// <param name="Name">As <c>--cpu</c> names it.</param>
/// <param name="VectorBytes">Bytes of the widest vector that runs at full rate.</param>
/// <param name="VectorRegisters">How many of those there are.</param>
/// <param name="Level1">Bytes of the first data cache of a core.</param>
/// <param name="Level2">Bytes of the second cache of a core.</param>
/// <param name="Level3">Bytes of the last cache that one thread may count on.</param>
/// <param name="BlockRows">Most rows that are laid out at once; what the caches hold, unless memory is short. No sum depends on it.</param>
/// <param name="HasFma">Whether it multiplies and adds in one step, rounding once.</param>
/// <param name="LooksUp">Whether its lanes can look up one of sixteen numbers that lie in registers.</param>
/// <param name="Tasks">Most parts a parallel loop is split into; fixed, so that results and scratch do not depend on the number of threads. No sum depends on it.</param>
/// <param name="Quads">What adds products of four bytes to a sum of 32 bits.</param>
/// <param name="StepRate">Multiply-adds of the widest vectors that a core does, in billions a second.</param>
/// <param name="Level2Rate">GB/s that one thread reads from the second cache.</param>
/// <param name="Level3Rate">GB/s that one thread reads from the last cache.</param>
/// <param name="MemoryRate">GB/s that one thread reads from memory.</param>
/// <param name="MemoryRate2">GB/s that two threads read from memory together.</param>
/// <param name="HandOver">Microseconds that giving work to another thread takes, there and back.</param>
/// <param name="Chosen">What a schedule is to be like, where that was measured or is being; null: as the cost model says.</param>
public sealed record Machine(string Name, int VectorBytes = 32, int VectorRegisters = 16, int Level1 = 32 << 10, int Level2 = 512 << 10, int Level3 = 16 << 20, int Tasks = 16, long BlockRows = long.MaxValue, bool HasFma = true, bool LooksUp = true, ByteQuads Quads = ByteQuads.None,
    double StepRate = 6, double Level2Rate = 144, double Level3Rate = 48, double MemoryRate = 15.6, double MemoryRate2 = 28, double HandOver = 2, ScheduleChoice? Chosen = null)
{
    /// <summary>Multiply-adds of vectors in the time that bytes take to come from memory.</summary>
    public double MemorySteps(double bytes) => bytes * StepRate / MemoryRate;

    /// <summary>The same where a run reads so many bytes in all, run after run: fewer than a cache holds come from there.</summary>
    public double MemorySteps(double bytes, double all) => bytes * StepRate / ReadRate(all);

    /// <summary>GB/s that one thread reads where a run reads so many bytes in all, run after run.</summary>
    public double ReadRate(double all) => all <= Level2 ? Level2Rate : all <= Level3 ? Level3Rate : MemoryRate;

    /// <summary>Bytes of the caches that are much faster than memory: the last one often is not, where it lies far from the cores and is shared by many.</summary>
    public long Near => Level3Rate >= 2 * MemoryRate ? Level3 : 2 * Level2;

    /// <summary>f32 operations that one core does at most, in billions a second; a multiply-add is two.</summary>
    public double Gflops => 2 * StepRate * Lanes;

    /// <summary>Microseconds that so many multiply-adds of vectors take.</summary>
    public double Microseconds(double steps) => steps / (StepRate * 1e3);

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
