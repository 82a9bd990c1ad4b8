using Lathe.Codegen.Llvm;
using Lathe.Ir;
using static Lathe.Ir.Expr;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

public sealed class ExpressionTests
{
    private const int Count = 48;

    private static readonly double[] Reals = [0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 1e-3, 100.25, -77, 6, 8.5, 1e10, -1e10, 3e38, 1e-40, -1e-42, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 255.5, 127.6, -128.5, 65504, 65520, 448, 464, 57344, 61440, 7.4e-3];

    public static TheoryData<Scalar> Wholes => [.. Enum.GetValues<Scalar>().Where(kind => kind.IsInteger)];
    public static TheoryData<Scalar> Narrow => [.. Enum.GetValues<Scalar>().Where(kind => kind.IsReal && kind < Scalar.F32)];

    private static double[] Values(Scalar kind) => kind.IsReal ? Reals : kind == Scalar.Bool ? [0, 1] : [0, 1, 2, 3, 5, 7, -1, -2, -3, -7, 100, 127, -128, kind.Range.Low, kind.Range.High, 200, 255, 40000];

    private delegate Expr Formula(Expr a, Expr b);

    /// <summary>One kernel that works formulas of two numbers out, one by one and in lanes of 16, each into buffers of its own.</summary>
    private static void Agrees(Scalar kind, params IEnumerable<(string Name, Formula Formula)> formulas)
    {
        Buffer a = new("a", kind, [Count]), b = new("b", kind, [Count]);
        var (outputs, steps) = (new List<Buffer>(), new List<Stmt>());
        foreach (var (name, formula) in formulas)
        {
            Buffer Output(string how) => new($"{name} {how}", formula(a[0], b[0]).Type, [Count]);
            Buffer one = Output("one by one"), lanes = Output("in lanes");
            outputs.AddRange(one, lanes);
            steps.Add(For("i", Count, i => one.Set([i], formula(a[i], b[i]))));
            steps.Add(For("t", Count / 16, t => Vector("j", 16, j => lanes.Set([t * 16 + j], formula(a[t * 16 + j], b[t * 16 + j])))));
        }
        var (kernel, values) = (Kernel.Over(kind.Text, [.. outputs], Do(steps)), Values(kind));
        for (var turn = 0; turn < 5; turn++)
            KernelCheck.Agrees(kernel, tolerance: 0, given: [("a", values), ("b", [.. values.Skip(turn * 3 + 1), .. values.Take(turn * 3 + 1)])]);
    }

    private static IEnumerable<(string, Formula)> Calls(params Function[] functions) => functions.Select(f => (f.Text(), (Formula)((a, b) => f.Arity() == 2 ? Call.Of(f, a, b) : Call.Of(f, a))));

    private static IEnumerable<(string, Formula)> Operators(params IEnumerable<Operator> operators) => operators.Select(op => (op.Text(), (Formula)((a, b) => Binary.Of(op, a, b))));

    [Theory, MemberData(nameof(Wholes))]
    public void Whole_numbers_wrap_and_never_trap(Scalar kind) => Agrees(kind,
    [
        .. Operators(Enum.GetValues<Operator>()),
        .. Calls(Function.Min, Function.Max, Function.Quotient, Function.Remainder, Function.Abs, Function.Sign, Function.Not, Function.PopCount, Function.Floor, Function.Pow),
        .. new[] { 2L, 3, -3 }.Where(divisor => divisor > 0 || kind.IsSigned).Select(divisor => ($"by {divisor}", (Formula)((a, _) => a / Number.Of(kind, divisor) + a % Number.Of(kind, divisor)))),
        ("select", (a, b) => Select(a < b, a, b & a)),
        ("fma", (a, b) => Fma(a, b, a)),
    ]);

    [Theory]
    [InlineData(Scalar.F32)]
    [InlineData(Scalar.F64)]
    public void Reals_keep_their_special_numbers(Scalar kind) => Agrees(kind,
    [
        .. Operators(Operator.Add, Operator.Subtract, Operator.Multiply, Operator.Divide, Operator.Modulo, Operator.Less, Operator.LessOrEqual, Operator.Equal),
        .. Calls(Function.Min, Function.Max, Function.Remainder, Function.Abs, Function.Sign, Function.Round, Function.Floor, Function.Ceil, Function.Trunc, Function.Sqrt, Function.IsNan, Function.IsInf),
        ("fma", (a, b) => Fma(a, b, a)),
        ("limits", (a, _) => Max(Min(a, 6.0), 0.0)),
    ]);

    [Fact]
    public void Every_kind_becomes_every_other()
    {
        Scalar[] kinds = [.. Enum.GetValues<Scalar>().Where(kind => kind <= Scalar.F64)];
        foreach (var from in kinds) Agrees(from, kinds.Where(to => to != from).Select(to => (to.Text, (Formula)((a, _) => a.As(to)))));
    }

    [Theory, MemberData(nameof(Narrow))]
    public void Floats_narrower_than_f32_round_once(Scalar kind)
    {
        // Every code to f32 and back, and numbers between neighbours from f32 and f64.
        var codes = 1 << kind.Bits;
        Buffer x = new("x", kind, [codes]), y = new("y", Scalar.F32, [codes]), z = new("z", kind, [codes]);
        Buffer between = new("between", Scalar.F32, [codes * 4]), wide = new("wide", Scalar.F64, [codes * 4]), p = new("p", kind, [codes * 4]), q = new("q", kind, [codes * 4]);
        var all = Enumerable.Range(0, codes).Select(code => SmallFloats.Decode(kind, code)).ToArray();
        var sorted = all.Where(double.IsFinite).Order().ToArray();
        var near = Enumerable.Range(0, codes * 4).Select(i => sorted[i / 4 % sorted.Length] * (3 - i % 4) / 3 + sorted[Math.Min(i / 4 % sorted.Length + 1, sorted.Length - 1)] * (i % 4) / 3).ToArray();
        foreach (var target in new[] { CpuTarget.Host, CpuTarget.Parse("x86-64-v2", CpuTarget.Host.Triple) })
        {
            KernelCheck.Agrees(Kernel.Over("read", [y, z], Do(For("i", codes, i => y.Set([i], x[i].As(Scalar.F32))), For("i", codes, i => z.Set([i], x[i].As(Scalar.F32).As(kind))))), tolerance: 0, target: target, given: ("x", all));
            KernelCheck.Agrees(Kernel.Over("round", [p, q], Do(For("i", codes * 4, i => p.Set([i], between[i].As(kind))), For("i", codes * 4, i => q.Set([i], wide[i].As(kind))))), tolerance: 0, target: target, given: [("between", near), ("wide", [.. near.Select((n, i) => n * (1 + (i % 3 - 1) * 1e-12))])]);
        }
    }

    [Fact]
    public void Bits_stay()
    {
        Scalar[] kinds = [.. Enum.GetValues<Scalar>().Where(kind => kind is > Scalar.Bool and <= Scalar.F64)];
        foreach (var from in kinds) Agrees(from, kinds.Where(to => to != from && to.Bits == from.Bits).Select(to => (to.Text, (Formula)((a, _) => a.BitsAs(to)))));
    }

    [Theory]
    [InlineData(Scalar.I4)]
    [InlineData(Scalar.U4)]
    [InlineData(Scalar.I2)]
    [InlineData(Scalar.U2)]
    [InlineData(Scalar.F4E2M1)]
    public void Several_numbers_share_a_byte(Scalar kind)
    {
        Buffer x = new("x", kind, [4, 33]), y = new("y", kind, [4, 35]), even = new("even", kind, [4, 32]), w = new("w", Scalar.I8, [4, 32]);
        KernelCheck.Agrees(Kernel.Over("one by one", [y], For("i", 4, i => For("j", 33, j => y.Set([i, j], x[3 - i, 32 - j])))));
        KernelCheck.Agrees(Kernel.Over("lanes", [y], For("i", 4, i => For("t", 2, t => Vector("j", 16, j => y.Set([i, t * 16 + j + 1], x[i, t * 16 + j]))))));
        KernelCheck.Agrees(Kernel.Over("bytes", [even], For("i", 4, i => For("t", 2, t => Vector("j", 16, j => even.Set([i, t * 16 + j], w[i, t * 16 + j].As(kind)))))));
        KernelCheck.Agrees(Kernel.Over("read bytes", [w], For("i", 4, i => For("t", 2, t => Vector("j", 16, j => w.Set([i, t * 16 + j], even[i, t * 16 + j].As(Scalar.I8)))))));
        KernelCheck.Agrees(Kernel.Over("outside", [y], For("i", 4, i => Vector("j", 16, j => y.Set([i, j], Load.Of(x, [i, j * 3 - 4], x[0, i]))))));
        KernelCheck.Agrees(Kernel.Over("masked", [y], For("i", 4, i => Vector("j", 16, j => When(Same(j % 3, 1), y.Set([i, j * 2], x[i, j]))))));
    }

    [Fact]
    public void A_read_outside_is_never_made()
    {
        Buffer x = new("x", Scalar.F32, [3, 20]), y = new("y", Scalar.F32, [7, 24]), few = new("few", Scalar.F32, [2]), index = new("index", Scalar.I64, [24]);
        Expr Other(Expr i, Expr j) => (i * 100 + j).As(Scalar.F32);
        Kernel Rows(string name, LoopKind kind, Func<Expr, Expr, Expr> value) => Kernel.Over(name, [y], For("i", 7, i => For("t", 3, t => Over(kind, "j", 8, j => y.Set([i, t * 8 + j], value(i, t * 8 + j))))));
        foreach (var kind in new[] { LoopKind.For, LoopKind.Vector })
        {
            KernelCheck.Agrees(Rows("both", kind, (i, j) => Load.Of(x, [i - 2, j - 2], Other(i, j))));
            KernelCheck.Agrees(Rows("row", kind, (i, j) => Load.Of(x, [i - 2, Min(j, 19)], -1.0)));
            KernelCheck.Agrees(Rows("whole row", kind, (i, j) => Load.Of(x, [i - 2, j * 0 + 3], Other(i, j))));
            KernelCheck.Agrees(Rows("strided", kind, (i, j) => Load.Of(x, [i, j * 2 - 5], 7.0)));
            KernelCheck.Agrees(Rows("few", kind, (i, j) => Load.Of(few, [j - i], Other(i, j))));
            KernelCheck.Agrees(Rows("gather", kind, (i, j) => Load.Of(x, [index[j] / 2, index[23 - j] + i], 0.5)), given: ("index", [.. Enumerable.Range(0, 24).Select(n => n * 7 % 24 - 3.0)]));
            KernelCheck.Agrees(Rows("under a guard", kind, (i, j) => Select(x[0, 0] < 0.0, Load.Of(x, [i - 2, j - 2], 1.0), Load.Of(few, [j], 2.0))));
        }
        KernelCheck.Agrees(Kernel.Over("masked", [y], For("i", 7, i => For("t", 3, t => Vector("j", 8, j => When(t * 8 + j < 21, y.Set([i, t * 8 + j], Load.Of(x, [i - 2, t * 8 + j - 1], 3.0) + Load.Of(x, [i, j * 2 + t], Other(i, j)))))))));
    }

    [Theory]
    [InlineData(2, Scalar.I16, Scalar.I16)]
    [InlineData(4, Scalar.U8, Scalar.I8)]
    [InlineData(4, Scalar.I8, Scalar.I8)]
    [InlineData(3, Scalar.I8, Scalar.U8)]
    public void Dots_sum_exactly(int pairs, Scalar first, Scalar second)
    {
        foreach (var (count, cpu) in new[] { (16, "host"), (8, "host"), (8, "x86-64-v3"), (4, "x86-64-v2") })
        {
            Buffer a = new("a", first, [5, 6, pairs]), b = new("b", second, [6, count, pairs]), y = new("y", Scalar.I32, [5, count]);
            double[] Extremes(Scalar kind) => [kind.Range.High, kind.Range.Low, kind.Range.High, kind.Range.High, 3, kind.Range.Low, 100];
            var p = new Axis("p", pairs);
            var kernel = Kernel.Over("dot", [y], For("i", 5, i => Vector("j", count, j => Do(y.Set([i, j], 0), For("k", 6, k => y.Set([i, j], Dot.Of(p, a[i, k, p], b[k, j, p], y[i, j])))))));
            KernelCheck.Agrees(kernel, target: CpuTarget.Parse(cpu, CpuTarget.Host.Triple), given: [("a", Extremes(first)), ("b", [.. Extremes(second).Reverse()])]);
            KernelCheck.Agrees(kernel, target: CpuTarget.Parse(cpu, CpuTarget.Host.Triple));
        }
    }
}
