using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a step of a walk over blocks multiplies and adds: reals one at a time, or whole numbers two or four at once.</summary>
/// <param name="Width">Steps of the sum that a machine step adds.</param>
/// <param name="Rows">In which kind rows are laid out, <paramref name="Sums"/> that of sums.</param>
/// <param name="A">What is laid out of A.</param>
/// <param name="B">What is multiplied of a number that is kept: all of it, or its code.</param>
/// <param name="Zero">What A's codes count too much, in i32; 0 for nothing.</param>
/// <param name="Scale">What multiplies a sum; null for nothing.</param>
/// <remarks>Σ (a - z)·b = Σ ab - zΣb: sums of the codes of each output are worked out in the compiler.</remarks>
internal sealed record SparseSteps(long Width, Scalar Rows, Scalar Sums, Expr A, Expr B, Expr Zero, Expr? Scale)
{
    /// <summary>Products of reals, which codes are decoded to.</summary>
    public static SparseSteps Reals(Contraction contraction) => new(1, Scalar.F32, Scalar.F32, contraction.A, contraction.B, Number.Of(Scalar.I32, 0L), null);

    /// <summary>Products of whole numbers; null where a side is of reals, or the machine has no step for as many neighbours of a block.</summary>
    /// <param name="inputs">Of a block, as they lie side by side in A.</param>
    public static SparseSteps? Wholes(Contraction contraction, BlockWalk walk, long inputs, Machine machine)
    {
        const long half = 128;
        if (contraction.B != walk.Whole || inputs % 2 != 0) return null;
        if (WholeProduct.Find(contraction with { B = walk.Kept }) is not { Group: 0, Step: null, B: { IsPlain: true, Code: Cast { Operand: Load { Type: Scalar.I8 or Scalar.U8 } code } } } product) return null;
        var (a, zero) = (product.A.Code, product.A.Zero);
        bool Holds(Scalar kind, long shift = 0) => Linear.Range(a) is var (low, high) && low + shift >= kind.Range.Low && high + shift <= kind.Range.High;
        SparseSteps? Quads(Scalar kind, long shift) => new(4, kind, Scalar.I32, shift == 0 ? a : a + shift, code, shift == 0 ? zero : zero + shift, product.Scale);
        if (inputs % 4 == 0 && code.Type == Scalar.I8)
        {
            if (machine.Quads == ByteQuads.Mixed && (Holds(Scalar.U8) || Holds(Scalar.U8, half))) return Quads(Scalar.U8, Holds(Scalar.U8) ? 0 : half);
            if (machine.Quads == ByteQuads.Signed && (Holds(Scalar.I8) || Holds(Scalar.I8, -half))) return Quads(Scalar.I8, Holds(Scalar.I8) ? 0 : -half);
        }
        // In 16 bits A's zero point is taken off as rows are laid out.
        return new(2, Scalar.I16, Scalar.I32, product.A.Number, code, Number.Of(Scalar.I32, 0L), product.Scale);
    }
}
