using Lathe.Codegen.Llvm;
using Lathe.Ir;
using static Lathe.Ir.Expr;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

public sealed class StatementTests
{
    private static readonly Buffer X = new("x", Scalar.F32, [5, 24]), Y = new("y", Scalar.F32, [5, 24]);

    [Theory]
    [InlineData(LoopKind.For)]
    [InlineData(LoopKind.Parallel)]
    [InlineData(LoopKind.Vector)]
    [InlineData(LoopKind.Unroll)]
    public void All_kinds_of_loop_mean_the_same(LoopKind kind)
    {
        KernelCheck.Agrees(Kernel.Over("rows", [Y], For("i", 5, i => Over(kind, "j", 24, j => Y.Set([i, j], X[i, j] * 2.0 + X[4 - i, j])))));
        KernelCheck.Agrees(Kernel.Over("columns", [Y], For("j", 24, j => Over(kind, "i", 5, i => Y.Set([i, j], X[i, 23 - j] + i.As(Scalar.F32))))));
        KernelCheck.Agrees(Kernel.Over("tiles", [Y], For("i", 5, i => Over(kind, "a", 3, a => Over(kind, "b", 8, b => Y.Set([i, a * 8 + b], X[i, b * 3 + a]))))));
    }

    [Fact]
    public void Extents_and_strides_may_be_symbols()
    {
        var (n, m) = (Symbol.Of("n", 0, 100), Symbol.Of("batch size", 1, 100));
        var (x, y) = (new Buffer("x", Scalar.F32, [m, n]), new Buffer("y", Scalar.F32, [n, m]));
        var kernel = Kernel.Over("transpose", [y], For("i", n, i => For("j", m, j => y.Set([i, j], x[j, i] + (i * m + j).As(Scalar.F32)))));
        foreach (var (rows, columns) in new[] { (3, 7), (1, 1), (0, 4) }) KernelCheck.Agrees(kernel, new Dictionary<string, long> { ["n"] = rows, ["batch size"] = columns });
        var vector = Kernel.Over("lanes", [y], For("i", n, i => For("j", (m + 7) / 8, j => Vector("l", 8, l => When(j * 8 + l < m, y.Set([i, j * 8 + l], x[j * 8 + l, i]))))));
        KernelCheck.Agrees(vector, new Dictionary<string, long> { ["n"] = 5, ["batch size"] = 19 });
    }

    [Fact]
    public void Guards_branch_or_mask()
    {
        KernelCheck.Agrees(Kernel.Over("branch", [Y], For("i", 5, i => For("j", 24, j => When(Same((i + j) % 3, 0), Y.Set([i, j], X[i, j]))))));
        KernelCheck.Agrees(Kernel.Over("mask", [Y], For("i", 5, i => Vector("j", 8, j => When(j * 5 + i < 24, Y.Set([i, j * 3], X[i, j * 5 + i] + X[i, i]))))));
        KernelCheck.Agrees(Kernel.Over("contiguous mask", [Y], For("i", 5, i => For("t", 4, t => Vector("j", 8, j => When(t * 8 + j < 24, Y.Set([i, t * 8 + j], X[i, t * 8 + j])))))));
        KernelCheck.Agrees(Kernel.Over("data", [Y], For("i", 5, i => For("t", 3, t => Vector("j", 8, j => When(0.0 < X[i, t * 8 + j], When(X[i, t * 8 + j] < X[4, t], Y.Set([i, t * 8 + j], X[4, t]))))))));
    }

    [Fact]
    public void Scratch_is_kept_for_the_time_of_its_body()
    {
        Buffer sum = new("sum", Scalar.F32, [], Space.Registers), row = new("row", Scalar.F32, [24], Space.Arena), other = new("other", Scalar.F32, [3], Space.Arena);
        Stmt Sum(Expr i) => new Scratch(sum, Do(sum.Set([], 0), For("k", 24, k => sum.Set([], sum[[]] + X[i, k])), For("j", 24, j => Y.Set([i, j], sum[[]] * X[i, j]))));
        KernelCheck.Agrees(Kernel.Over("registers", [Y], For("i", 5, Sum)));
        Stmt Rows(Expr i) => new Scratch(row, Do(For("j", 24, j => row.Set([j], X[i, j] * 3.0)), new Scratch(other, Do(For("j", 3, j => other.Set([j], row[j * 2])), For("j", 24, j => Y.Set([i, j], row[23 - j] + other[j % 3]))))));
        KernelCheck.Agrees(Kernel.Over("arena", [Y], For("i", 5, Rows)));
        KernelCheck.Agrees(Kernel.Over("slices", [Y], Parallel("i", 5, Rows)));
        KernelCheck.Agrees(Kernel.Over("lanes", [Y], For("i", 5, i => Vector("j", 8, j => new Scratch(sum, Do(sum.Set([], 0), For("k", 3, k => sum.Set([], sum[[]] + X[i, k * 8 + j])), For("k", 3, k => Y.Set([i, j * 3 + k], sum[[]] + k.As(Scalar.F32)))))))));
    }

    [Fact]
    public void A_loop_sees_what_its_last_turn_stored()
    {
        var y = new Buffer("y", Scalar.I32, [20]);
        KernelCheck.Agrees(Kernel.Over("fibonacci", [y], Do(y.Set([0], 1), y.Set([1], 1), For("i", 18, i => y.Set([i + 2], y[i + 1] + y[i])))));
        KernelCheck.Agrees(Kernel.Over("again", [y], Do(y.Set([0], 1), For("i", 19, i => Do(y.Set([i + 1], y[i] + 1), y.Set([i], y[i + 1] * y[i + 1] + y[i]))))));
    }

    [Fact]
    public void Reductions_nest()
    {
        var y = new Buffer("y", Scalar.F32, [5]);
        KernelCheck.Agrees(Kernel.Over("sums", [y], For("i", 5, i => y.Set([i], Sum([24], k => X[i, k[0]] * Largest([3, 4], m => X[m[0] + 1, m[1] * 2] - X[i, k[0]]))))), tolerance: 1e-5);
        KernelCheck.Agrees(Kernel.Over("kinds", [y], For("i", 5, i => y.Set([i], Reduce(ReduceKind.Min, [24], k => X[i, k[0]]) + Reduce(ReduceKind.Product, [4], k => X[i, k[0]])))), tolerance: 1e-5);
        KernelCheck.Agrees(Kernel.Over("lanes", [Y], For("i", 5, i => For("t", 3, t => Vector("j", 8, j => Y.Set([i, t * 8 + j], Sum([5], k => X[k[0], t * 8 + j]) + Sum([5], k => X[k[0], i])))))), tolerance: 1e-5);
        var n = Symbol.Of("n", 0, 24);
        KernelCheck.Agrees(Kernel.Over("empty", [y], For("i", 5, i => y.Set([i], Sum([n], k => X[i, k[0]])))), new Dictionary<string, long> { ["n"] = 0 });
    }

    [Fact]
    public void Softmax_as_lowered()
    {
        Buffer x = new("x", Scalar.F32, [3, 7]), y = new("y", Scalar.F32, [3, 7]);
        KernelCheck.Agrees(Kernel.Over("softmax", [y], Hoisting.Hoist(For("i", 3, i => For("j", 7, j =>
            y.Set([i, j], Exp(x[i, j] - Largest([7], k => x[i, k[0]])) / Sum([7], k => Exp(x[i, k[0]] - Largest([7], l => x[i, l[0]])))))))), tolerance: 1e-6);
    }

    [Fact]
    public void Text_depends_on_the_kernel_alone()
    {
        Kernel Made() => Kernel.Over("a \"b\"/é", [Y], Parallel("i", 5, i => For("j", 24, j => Y.Set([i, j], X[i, j]))));
        var text = KernelEmitter.Emit(Made(), CpuTarget.Parse("x86-64-v3"));
        Assert.Equal(text, KernelEmitter.Emit(Made(), CpuTarget.Parse("x86-64-v3")));
        Assert.Contains("define void @\"kernel.a$20$22b$22$2F$C3$A9\"(", text, StringComparison.Ordinal);
    }
}
