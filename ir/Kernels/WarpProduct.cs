using static Lathe.Ir.Stmts;

namespace Lathe.Ir;

/// <summary>
/// The step of a GPU's tensor cores as a statement: the 32 threads of a warp hold two small matrices and a third of sums in their registers, and add the product to the sums.
/// It is written as what it means, sums over registers of other threads, so that it runs as loops anywhere; targets that have the step know it again.
/// </summary>
/// <remarks>
/// The matrices are 16 rows by so many steps that 8 words of 32 bits hold them, and those steps by 8 columns; which thread holds what is as PTX says of mma.m16n8k16 and mma.m16n8k32.
/// PTX ISA, "Matrix Fragments for mma.m16n8k16".
/// </remarks>
public static class WarpProduct
{
    public const int Rows = 16, Columns = 8, Warp = 32;

    /// <summary>Sums that a thread holds.</summary>
    public const int Sums = 4;

    /// <summary>Whether tensor cores multiply these.</summary>
    public static bool Takes(Scalar a, Scalar b, Scalar sum) => a == b && (sum == Scalar.F32 ? a is Scalar.F16 or Scalar.BF16 : sum == Scalar.I32 && a is Scalar.I8 or Scalar.U8);

    /// <summary>Numbers in a word.</summary>
    public static int PerWord(Scalar kind) => 32 / kind.Bits;

    /// <summary>Steps of the sum that one product has.</summary>
    public static int Steps(Scalar kind) => 8 * PerWord(kind);

    /// <summary>Numbers of the left matrix that a thread holds.</summary>
    public static int Lefts(Scalar kind) => 4 * PerWord(kind);

    /// <summary>Numbers of the right matrix that a thread holds.</summary>
    public static int Rights(Scalar kind) => 2 * PerWord(kind);

    /// <summary>Row and step of the <paramref name="e"/>th number of the left matrix that a thread holds.</summary>
    public static (Expr Row, Expr Step) Left(Scalar kind, Expr t, Expr e)
    {
        var w = PerWord(kind);
        return (Linear.Simplify(t % Warp / 4 + e / w % 2 * 8), Linear.Simplify(t % 4 * w + e / (2 * w) * (4 * w) + e % w));
    }

    /// <summary>Step and column of the <paramref name="e"/>th number of the right matrix that a thread holds.</summary>
    public static (Expr Step, Expr Column) Right(Scalar kind, Expr t, Expr e)
    {
        var w = PerWord(kind);
        return (Linear.Simplify(t % 4 * w + e / w * (4 * w) + e % w), Linear.Simplify(t % Warp / 4));
    }

    /// <summary>Row and column of the <paramref name="i"/>th sum that a thread holds.</summary>
    public static (Expr Row, Expr Column) Sum(Expr t, Expr i) => (Linear.Simplify(t % Warp / 4 + i / 2 * 8), Linear.Simplify(t % 4 * 2 + i % 2));

    /// <summary>What one thread does of it.</summary>
    /// <param name="sums">Registers of threads, and where the four sums begin.</param>
    /// <param name="left">Likewise the left matrix.</param>
    /// <param name="right">Likewise the right one.</param>
    public static Stmt Of(Expr t, (Buffer Buffer, Expr From) sums, (Buffer Buffer, Expr From) left, (Buffer Buffer, Expr From) right) =>
        Of(t, new Axis("i", Sums), new Axis("k", Steps(left.Buffer.Scalar)), sums, left, right);

    private static Loop Of(Expr t, Axis i, Axis k, (Buffer Buffer, Expr From) sums, (Buffer Buffer, Expr From) left, (Buffer Buffer, Expr From) right)
    {
        var w = PerWord(left.Buffer.Scalar);
        var word = k % (4 * w) / w;
        var x = left.Buffer[t - t % 4 + word, Linear.Simplify(left.From + (k / (4 * w) * 2 + i / 2) * w + k % w)];
        var y = right.Buffer[t - t % Warp + (t % 4 * 2 + i % 2) * 4 + word, Linear.Simplify(right.From + k / (4 * w) * w + k % w)];
        var place = Linear.Simplify(sums.From + i);
        return new(LoopKind.Unroll, i, sums.Buffer.Set([t, place], sums.Buffer[t, place] + Reduce.Of(ReduceKind.Sum, [k], x.As(sums.Buffer.Scalar) * y.As(sums.Buffer.Scalar))));
    }

    /// <summary>A product in a statement; null where it is none.</summary>
    public static Parts? Find(Stmt stmt)
    {
        if (stmt is not Loop { Kind: LoopKind.Unroll, Axis: { Extent: Number { Integer: Sums } } i, Body: Store { At: [var t, var place], Value: Binary { Operator: Operator.Add, A: Load, B: Reduce { Axes: [var k], Body: Binary { A: Cast { Operand: Load x }, B: Cast { Operand: Load y } } } } } store } loop) return null;
        if (x.At is not [_, var xs] || y.At is not [_, var ys] || !Takes(x.Type, y.Type, store.Value.Type)) return null;
        Expr First(Expr e) => Linear.Simplify(e.Substitute([(i, 0), (k, 0)]));
        var found = new Parts(t, (store.Buffer, First(place)), (x.Buffer, First(xs)), (y.Buffer, First(ys)));
        return Of(t, i, k, found.Into, found.Left, found.Right) == loop ? found : null;
    }

    /// <summary>Where a product's matrices are.</summary>
    public sealed record Parts(Expr Thread, (Buffer Buffer, Expr From) Into, (Buffer Buffer, Expr From) Left, (Buffer Buffer, Expr From) Right);
}
