using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A real as a whole number times a step that is known when a model is compiled.</summary>
/// <param name="Code">In i32 where its products are known to fit, else in i64.</param>
/// <param name="Step">What one of it stands for; above 0.</param>
/// <param name="Low">No real it stands for is less, <paramref name="High"/> none is more.</param>
internal sealed record FixedNumber(Expr Code, double Step, double Low, double High)
{
    /// <summary>Bits that a factor may have: those of a product stay below 63.</summary>
    public const int MostFactor = 31;

    /// <summary>Bits of terms of a sum.</summary>
    public const int MostTerm = 44;

    /// <summary>Bits that must be left of a number where a larger one decides the step, or a divisor the quotient's.</summary>
    private const int LeastLeft = 10, LeastQuotient = 14;

    /// <summary>A literal. Its step is the last bit of thirty.</summary>
    public static FixedNumber Of(double number)
    {
        if (number == 0) return new(Number.Of(Scalar.I64, 0L), 1, 0, 0) { Known = 0 };
        if (!double.IsFinite(number)) throw new UnservedException($"{number} has no code");
        var step = Math.ScaleB(1, Math.ILogB(number) - 29);
        return new(Number.Of(Scalar.I64, (long)Math.Round(number / step)), step, number, number) { Known = number };
    }

    /// <summary>The number, where it is a literal.</summary>
    public double? Known { get; private init; }

    public double Far => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>Bits of the magnitude of a code.</summary>
    public int Bits => Far == 0 ? 0 : Math.Max(1, Math.ILogB(Far / Step * (1 + 1e-9)) + 1);

    public Expr Wide => Code.As(Scalar.I64);

    /// <summary>The same in at most so many bits, rounded.</summary>
    public FixedNumber Fit(int bits) => Bits <= bits ? this : new(Shifted(Wide, Bits - bits), Math.ScaleB(Step, Bits - bits), Low, High);

    /// <summary>The same under another step, which is none much below its own.</summary>
    public FixedNumber To(double step)
    {
        if (step == Step) return this;
        return Known is { } known ? new(Number.Of(Scalar.I64, (long)Math.Round(known / step)), step, Low, High) : new(Times(Step / step), step, Low, High);
    }

    /// <summary>The code times a ratio, rounded: by a whole number and a shift.</summary>
    public Expr Times(double ratio)
    {
        var power = Math.ILogB(ratio);
        if (Math.ScaleB(1, power) == ratio) return power >= 0 ? Wide << power : Shifted(Wide, -power);
        var narrow = Fit(36);
        if (narrow != this) return narrow.Times(ratio * narrow.Step / Step);
        var width = Math.Min(MostFactor, 62 - Bits);
        var shift = width - 1 - power;
        var times = (long)Math.Round(Math.ScaleB(ratio, shift));
        return shift <= 0 ? Wide * times << -shift : shift > 62 ? Number.Of(Scalar.I64, 0L) : Shifted(Wide * times, shift);
    }

    /// <summary>Both under one step.</summary>
    public static (FixedNumber, FixedNumber) Aligned(FixedNumber a, FixedNumber b)
    {
        var least = Math.Max(a.Far, b.Far) / Math.ScaleB(1, MostTerm);
        var step = a.Known == 0 ? b.Step : b.Known == 0 ? a.Step : a.Known is not null ? b.Step : b.Known is not null ? a.Step : Math.Min(a.Step, b.Step);
        // A literal beside a coarse code would lose what it says: the finer of both, as long as there is room.
        if ((a.Known ?? b.Known) is { } known && known != 0) step = Math.Min(step, Math.Max(a.Step, b.Step)) is var coarse && Math.Abs(known) < coarse * (1 << 20) ? Math.ScaleB(step, -20) : step;
        step = Math.Max(step, least);
        // Beside a mask of -1e30 nothing would be left of what it masks.
        foreach (var (side, other) in new[] { (a, b), (b, a) })
            if (side.Known is null && side.Far > 0 && step > side.Far / (1 << LeastLeft) && step > side.Step) throw new UnservedException($"values up to {side.Far:0.#e+0} beside others up to {other.Far:0.#e+0}");
        return (a.To(step), b.To(step));
    }

    public static FixedNumber operator +(FixedNumber a, FixedNumber b) => Aligned(a, b) is var (x, y) ? new(x.Wide + y.Wide, x.Step, a.Low + b.Low, a.High + b.High) : a;

    public static FixedNumber operator -(FixedNumber a) => new(0 - a.Wide, a.Step, -a.High, -a.Low) { Known = -a.Known };

    public static FixedNumber operator *(FixedNumber a, FixedNumber b)
    {
        // A literal changes what a code stands for, and no code.
        if (b.Known is { } times) return times == 0 || a.Known == 0 ? Of(0) : a.Known is { } known ? Of(known * times) : times < 0 ? -a * Of(-times) : a with { Step = a.Step * times, Low = a.Low * times, High = a.High * times };
        if (a.Known is not null) return b * a;
        double[] corners = [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High];
        var square = ReferenceEquals(a.Code, b.Code);
        var (x, y) = (a.Fit(MostFactor), b.Fit(MostFactor));
        var code = x.Code.Type == Scalar.I32 && y.Code.Type == Scalar.I32 && x.Bits + y.Bits <= MostFactor ? x.Code * y.Code : x.Wide * y.Wide;
        return new(code, x.Step * y.Step, square ? Math.Max(0, corners.Min()) : corners.Min(), corners.Max());
    }

    /// <summary>The quotient of two; the divisor is nowhere 0.</summary>
    /// <param name="most">Largest magnitude of the quotient; null: what the ranges of both say.</param>
    public static FixedNumber Divide(FixedNumber a, FixedNumber b, double? most = null)
    {
        if (b.Known is { } by && by != 0) return a * Of(1 / by);
        if (b.High < 0) return Divide(-a, -b, most);
        if (b.Low <= 0) throw new UnservedException("a divisor may be 0");
        // The least divisor decides the step; of what the largest makes enough must be left.
        if (most is null && b.High / b.Low > 1 << 30 - LeastQuotient) throw new UnservedException($"a divisor from {b.Low:0.#e+0} to {b.High:0.#e+0}");
        var (x, y) = (a.Fit(MostFactor), b.Fit(MostFactor));
        var far = most ?? a.Far / b.Low;
        if (far == 0) return Of(0);
        var step = far / (1 << 30);
        var above = x.Known is { } known ? Number.Of(Scalar.I64, (long)Math.Round(known / (y.Step * step))) : x.Times(x.Step / (y.Step * step));
        // A divisor that rounding took below its range would give more bits than there is room for.
        var divisor = Expr.Max(y.Wide, Math.Max(1, (long)(b.Low / y.Step)));
        var code = (above + (divisor >> 1)) / divisor;
        return new(code, step, Math.Max(-far, a.Low >= 0 ? a.Low / b.High : a.Low / b.Low), Math.Min(far, a.High >= 0 ? a.High / b.Low : a.High / b.High));
    }

    public static FixedNumber Min(FixedNumber a, FixedNumber b) => Aligned(a, b) is var (x, y) ? new(Expr.Min(x.Wide, y.Wide), x.Step, Math.Min(a.Low, b.Low), Math.Min(a.High, b.High)) : a;

    public static FixedNumber Max(FixedNumber a, FixedNumber b) => Aligned(a, b) is var (x, y) ? new(Expr.Max(x.Wide, y.Wide), x.Step, Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)) : a;

    public static FixedNumber Select(Expr condition, FixedNumber a, FixedNumber b) => Aligned(a, b) is var (x, y) ? new(Expr.Select(condition, x.Wide, y.Wide), x.Step, Math.Min(a.Low, b.Low), Math.Max(a.High, b.High)) : a;

    /// <summary>To the nearest whole number, halves up; or down.</summary>
    public FixedNumber Rounded(bool down)
    {
        var (low, high) = down ? (Math.Floor(Low), Math.Floor(High)) : (Math.Round(Low), Math.Round(High));
        if (Step == 1) return this;
        // Twenty bits behind the point are kept until it is cut off.
        const int behind = 20;
        if (Far >= Math.ScaleB(1, 62 - behind)) throw new UnservedException($"rounding of values up to {Far:0.#e+0}");
        var fine = this with { Step = Step };
        var code = fine.Times(Math.ScaleB(Step, behind));
        return new(down ? code >> behind : Shifted(code, behind), 1, low, high);
    }

    /// <summary>Divided by a power of two, rounded.</summary>
    public static Expr Shifted(Expr code, int by) => by == 0 ? code : code + (1L << by - 1) >> by;
}

/// <summary>A formula that has no form in whole numbers.</summary>
internal sealed class UnservedException(string why) : Exception(why);
