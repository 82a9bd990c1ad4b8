using Lathe.Ir;

namespace Lathe.UnitTests.Running;

/// <summary>What numbers mean (house.md, "The numeric contract").</summary>
public sealed class NumericContractTests
{
    private static readonly double[] Odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0];

    [Fact]
    public void A_product_of_f32_rounds_before_it_is_added()
    {
        var x = 1 + 1.0 / (1 << 12); // x·x = 1 + 2^-11 + 2^-24, of which f32 keeps 1 + 2^-11
        Assert.Equal([Math.ScaleB(1, -11)], Formula.Of(Scalar.F32, e => e * e - 1.0, x));
        Assert.Equal([Math.ScaleB(1, -11) + Math.ScaleB(1, -24)], Formula.Of(Scalar.F32, e => Expr.Fma(e, e, -1.0), x));
    }

    [Fact]
    public void A_sum_of_f32_is_folded_in_f64_and_rounded_once()
    {
        var numbers = new double[1 << 12];
        Array.Fill(numbers, Math.ScaleB(1, -25));
        numbers[0] = 1;
        // In f32 every term would vanish beside the 1.
        Assert.Equal((float)(1 + ((1 << 12) - 1) * Math.ScaleB(1, -25)), Reduced(ReduceKind.Sum, Scalar.F32, numbers));
        Assert.Equal(1e30, Reduced(ReduceKind.Product, Scalar.F32, 1e30, 1e30, 1e-30), 1e24);
    }

    [Fact]
    public void The_largest_of_numbers_one_of_which_is_NaN_is_NaN()
    {
        Assert.Equal(double.NaN, Reduced(ReduceKind.Max, Scalar.F32, 1, double.NaN, 2));
        Assert.Equal(double.NaN, Reduced(ReduceKind.Min, Scalar.F32, double.NaN, 1));
        Assert.Equal([double.NaN, double.NaN], Formula.Of(Scalar.F32, Expr.Max, [double.NaN, 1], [1, double.NaN]));
        Assert.Equal(double.NegativeInfinity, Reduced(ReduceKind.Max, Scalar.F32));
        Assert.Equal(-128, Reduced(ReduceKind.Max, Scalar.I8));
    }

    [Theory]
    [InlineData(Scalar.I2)]
    [InlineData(Scalar.U2)]
    [InlineData(Scalar.I4)]
    [InlineData(Scalar.U4)]
    [InlineData(Scalar.I8)]
    [InlineData(Scalar.U8)]
    [InlineData(Scalar.I16)]
    [InlineData(Scalar.U16)]
    [InlineData(Scalar.I32)]
    [InlineData(Scalar.U32)]
    public void Whole_numbers_wrap_around(Scalar kind)
    {
        var (low, high) = kind.Range;
        double[] x = [high, low, high, low], y = [1, 1, high, high];
        Assert.Equal([low, low + 1, Wrapped(high + high), low + high], Formula.Of(kind, (a, b) => a + b, x, y));
        Assert.Equal([Wrapped(high - 1), Wrapped(low - 1), 0, Wrapped(low - high)], Formula.Of(kind, (a, b) => a - b, x, y));
        Assert.Equal([high, low, Wrapped(unchecked(high * high)), Wrapped(unchecked(low * high))], Formula.Of(kind, (a, b) => a * b, x, y));
        double Wrapped(long number) => Number.Wrap(kind, number);
    }

    [Fact]
    public void Division_of_whole_numbers_rounds_down_and_its_remainder_has_the_sign_of_the_divisor()
    {
        double[] x = [7, -7, 7, -7, 6, -128, 5], y = [2, 2, -2, -2, 3, -1, 0];
        Assert.Equal([3, -4, -4, 3, 2, -128, 0], Formula.Of(Scalar.I8, (a, b) => a / b, x, y));
        Assert.Equal([1, 1, -1, -1, 0, 0, 0], Formula.Of(Scalar.I8, (a, b) => a % b, x, y));
        Assert.Equal([3, -3, -3, 3, 2, -128, 0], Formula.Of(Scalar.I8, (a, b) => Call.Of(Function.Quotient, a, b), x, y));
        Assert.Equal([1, -1, 1, -1, 0, 0, 0], Formula.Of(Scalar.I8, (a, b) => Call.Of(Function.Remainder, a, b), x, y));
        Assert.Equal([-1.5, 1.5], Formula.Of(Scalar.F32, (a, b) => Call.Of(Function.Remainder, a, b), [-5.5, 5.5], [2, -2]));
        Assert.Equal([0.5, -0.5], Formula.Of(Scalar.F32, (a, b) => a % b, [-5.5, 5.5], [2, -2]));
    }

    [Fact]
    public void Whole_numbers_of_64_bits_are_exact()
    {
        var x = Tensor.Of([2], long.MaxValue, (1L << 53) + 1);
        Assert.Equal([long.MaxValue - 1, 1L << 53], Formula.Run(e => e[0] - 1, x).Bytes.ToArray<long>());
        var u = new Tensor(Scalar.U64, [1], Bytes.Of<ulong>([ulong.MaxValue - 1]));
        Assert.Equal([(ulong.MaxValue - 1) / 3], Formula.Run(e => e[0] / 3, u).Bytes.ToArray<ulong>());
        Assert.Equal([1.0], Formula.Run(e => 5 < e[0], u).ToDoubles());
    }

    [Fact]
    public void Halves_round_to_even() =>
        Assert.Equal([0, 2, 2, -0.0, -2, 8388609], Formula.Of(Scalar.F32, e => Call.Of(Function.Round, e), 0.5, 1.5, 2.5, -0.5, -1.5, 8388609));

    [Fact]
    public void A_real_becomes_whole_by_truncation_and_saturates()
    {
        double[] x = [1.9, -1.9, 300, -300, 1e30, -1e30, .. Odd];
        Assert.Equal([1, -1, 127, -128, 127, -128, 0, 127, -128, 0], Formula.Of(Scalar.F32, e => e.As(Scalar.I8), x));
        Assert.Equal([1, 0, 255, 0, 255, 0, 0, 255, 0, 0], Formula.Of(Scalar.F32, e => e.As(Scalar.U8), x));
        Assert.Equal([1, -1, 7, -8, 7, -8, 0, 7, -8, 0], Formula.Of(Scalar.F32, e => e.As(Scalar.I4), x));
        Assert.Equal([long.MaxValue, long.MinValue, 0], Formula.Run(e => e[0].As(Scalar.I64), Tensor.Of(Scalar.F64, [3], 1e30, -1e30, double.NaN)).Bytes.ToArray<long>());
        Assert.Equal([ulong.MaxValue, 0, 1UL << 63], Formula.Run(e => e[0].As(Scalar.U64), Tensor.Of(Scalar.F64, [3], 1e30, -1e30, Math.ScaleB(1, 63))).Bytes.ToArray<ulong>());
        Assert.Equal([1, 0, 1, 1], Formula.Of(Scalar.F32, e => e.As(Scalar.Bool), 0.5, -0.0, double.NaN, -3));
    }

    [Fact]
    public void Whole_numbers_change_kind_by_wrapping() =>
        Assert.Equal([-56, 127, -1, 0], Formula.Of(Scalar.I32, e => e.As(Scalar.I8), 200, 127, 65535, 256));

    [Fact]
    public void A_whole_number_of_64_bits_becomes_f32_in_one_rounding()
    {
        // Half a unit of f32 and one more: through f64 the one is lost and the tie goes down.
        var x = (1L << 60) + (1L << 36) + 1;
        var up = (float)(1L << 60) + (1L << 37);
        Assert.Equal([up, -up], Formula.Run(e => e[0].As(Scalar.F32), Tensor.Of([2], x, -x)).Bytes.ToArray<float>());
        Assert.Equal([up * 8], Formula.Run(e => e[0].As(Scalar.F32), new Tensor(Scalar.U64, [1], Bytes.Of<ulong>([(ulong)x << 3]))).Bytes.ToArray<float>());
    }

    [Theory]
    [InlineData(Scalar.F16, 65504, 65520, double.PositiveInfinity)]
    [InlineData(Scalar.BF16, 256, 257, 256)]
    [InlineData(Scalar.F8E4M3FN, 448, 1000, 448)]
    [InlineData(Scalar.F8E5M2, 57344, 1e6, 57344)]
    [InlineData(Scalar.F4E2M1, 6, 100, 6)]
    public void Small_floats_round_once_when_stored(Scalar kind, double exact, double large, double becomes) =>
        Assert.Equal([exact, becomes], Formula.Of(Scalar.F32, e => e.As(kind), exact, large));

    [Fact]
    public void Every_number_of_four_bits_is_read() =>
        Assert.Equal([0.5, -6, 6, -0.5, 1.5], Formula.Of(Scalar.F4E2M1, e => e.As(Scalar.F32), 0.5, -6, 6, -0.5, 1.5));

    [Fact]
    public void Half_floats_compute_in_f32() =>
        Assert.Equal([(double)((Half)1000.5f * (Half)3)], Formula.Of(Scalar.F16, e => (e.As(Scalar.F32) * 3.0).As(Scalar.F16), 1000.5));

    [Fact]
    public void Comparisons_with_NaN_are_false()
    {
        double[] x = [double.NaN, 1, double.NaN], y = [1, double.NaN, double.NaN];
        Assert.Equal([0, 0, 0], Formula.Of(Scalar.F32, (a, b) => a < b, x, y));
        Assert.Equal([0, 0, 0], Formula.Of(Scalar.F32, (a, b) => a <= b, x, y));
        Assert.Equal([0, 0, 0], Formula.Of(Scalar.F64, Expr.Same, x, y));
        Assert.Equal([1, 0, 0], Formula.Of(Scalar.F32, e => Call.Of(Function.IsNan, e), double.NaN, 1, double.PositiveInfinity));
        Assert.Equal([0, 0, 1], Formula.Of(Scalar.F32, e => Call.Of(Function.IsInf, e), double.NaN, 1, double.NegativeInfinity));
    }

    [Fact]
    public void Signs_and_magnitudes_are_total()
    {
        Assert.Equal([1, -1, 0, double.NaN], Formula.Of(Scalar.F32, e => Call.Of(Function.Sign, e), 3, -0.5, -0.0, double.NaN));
        Assert.Equal([128, 5], Formula.Of(Scalar.I16, e => Call.Of(Function.Abs, e), -128, 5));
        Assert.Equal([-128], Formula.Of(Scalar.I8, e => Call.Of(Function.Abs, e), -128));
    }

    [Fact]
    public void Shifts_by_the_width_or_more_shift_everything_out()
    {
        Assert.Equal([254, 0, 0], Formula.Of(Scalar.U8, (a, b) => a << b, [255, 255, 255], [1, 8, 200]));
        Assert.Equal([127, 0, 0], Formula.Of(Scalar.U8, (a, b) => a >> b, [255, 255, 255], [1, 8, 200]));
        Assert.Equal([-1, -1], Formula.Of(Scalar.I8, (a, b) => a >> b, [-2, -2], [1, 100]));
    }

    [Fact]
    public void Bits_keep_their_pattern_in_another_kind()
    {
        Assert.Equal([0x3F800000], Formula.Of(Scalar.F32, e => e.BitsAs(Scalar.I32), 1));
        Assert.Equal([-2], Formula.Of(Scalar.U32, e => e.BitsAs(Scalar.F32), 0xC0000000));
        Assert.Equal([0x3C00], Formula.Of(Scalar.F16, e => e.BitsAs(Scalar.U16), 1));
        Assert.Equal([3, 4], Formula.Of(Scalar.I8, e => Call.Of(Function.PopCount, e), 7, 0x1E));
    }

    /// <summary>Values of Abramowitz and Stegun's table 7.1 and beyond, to 16 digits.</summary>
    [Theory]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(2.499999, 0.9995930458042653)]
    [InlineData(2.6, 0.9997639655834707)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(5, 0.9999999999984626)]
    [InlineData(-1, -0.8427007929497149)]
    [InlineData(100, 1)]
    public void Erf(double x, double expected) => Assert.Equal(expected, Formula.Of(Scalar.F64, e => Call.Of(Function.Erf, e), x)[0], 4e-16);

    [Fact]
    public void Functions_of_f32_are_worked_out_in_f64()
    {
        Assert.Equal([(float)Math.Exp(1.5f), (float)Math.Exp(-87.3f)], Formula.Of(Scalar.F32, Expr.Exp, 1.5, -87.3f).Select(x => (float)x));
        Assert.Equal([(float)Math.Tanh(0.3f)], Formula.Of(Scalar.F32, e => Call.Of(Function.Tanh, e), 0.3f).Select(x => (float)x));
        Assert.Equal([(float)Math.Pow(1.1f, 7.3f)], Formula.Of(Scalar.F32, (a, b) => Call.Of(Function.Pow, a, b), [1.1f], [7.3f]).Select(x => (float)x));
        Assert.Equal([9, 1, 0, -1], Formula.Of(Scalar.I8, (a, b) => Call.Of(Function.Pow, a, b), [3, -1, 2, -1], [2, -2, -1, 3]));
    }

    private static double Reduced(ReduceKind kind, Scalar scalar, params double[] numbers)
    {
        var x = new Ir.Buffer("x", scalar, [numbers.Length]);
        var y = new Ir.Buffer("y", scalar, [1]);
        var kernel = Kernel.Over("reduced", [y], y.Set([0], Expr.Reduce(kind, [numbers.Length], k => x[k[0]])));
        var result = Tensor.Zeros(scalar, [1]);
        Interpreter.Run(kernel, new Dictionary<string, Bytes> { ["x"] = Tensor.Of(scalar, [numbers.Length], numbers).Bytes, ["y"] = result.Bytes }, new Dictionary<string, long>());
        return result.ToDoubles()[0];
    }
}
