using Lathe.Ir;

namespace Lathe.UnitTests.Text;

/// <summary>Kernels of every kind of statement: all kinds of loop, conditions, scratches that end before their block, names used twice.</summary>
internal sealed class RandomKernels(int seed)
{
    private readonly RandomFormulas formulas = new(seed);
    private readonly Axis reused = new("i", 3);
    private int scratches;

    public Kernel Kernel()
    {
        Seq<Lathe.Ir.Buffer> inputs = [.. formulas.Buffers], outputs = [new("y", Scalar.F32, [3, 5]), new("y.2", Scalar.I32, [7], Space.Argument), new("mask", Scalar.Bool, [])];
        return new(formulas.Pick(["k", "kernel", "a/b", "t1"]), inputs, outputs, Statement(3, [], outputs));
    }

    private Stmt Statement(int size, Seq<Axis> axes, Seq<Lathe.Ir.Buffer> stored)
    {
        switch (size <= 0 ? 0 : formulas.Next(6))
        {
            case 1: return Stmts.Do(Enumerable.Range(0, 2 + formulas.Next(2)).Select(_ => Statement(size - 1, axes, stored)).ToList());
            case 2: return new Guard(formulas.Formula(Scalar.Bool, 2, axes), Statement(size - 1, axes, stored));
            case 3:
                var buffer = new Lathe.Ir.Buffer(formulas.Next(2) == 0 ? $"acc{scratches++}" : $"acc.{scratches++}", formulas.Pick([Scalar.F32, Scalar.I32]), formulas.Pick<Seq<Expr>>([[], [2, 8], [formulas.Extent([]), 4]]), formulas.Pick([Space.Registers, Space.Arena]));
                return new Scratch(buffer, Statement(size - 1, axes, [.. stored, buffer]));
            case 4 or 5:
                var axis = formulas.Next(3) == 0 && !axes.Contains(reused) ? reused : new Axis(formulas.Pick(["i", "j", "n", "for"]), formulas.Extent(axes));
                return new Loop(formulas.Pick(Enum.GetValues<LoopKind>()), axis, Statement(size - 1, [.. axes, axis], stored));
            default:
                var into = formulas.Pick(stored);
                return new Store(into, [.. into.Shape.Select(_ => formulas.Formula(Scalar.I64, 1, axes))], formulas.Formula(into.Scalar, 3, axes));
        }
    }
}
