using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Each number becomes one of the two of its grid around it, by a share that is learned and pressed to 0 or 1. Nagel and others, Up or Down? Adaptive Rounding for
/// Post-Training Quantization, 2020: h(v) = clip(1.2·σ(v) - 0.1), pressed by λ·Σ(1 - |2h - 1|^β), β falling from 20 to 2.
/// </summary>
internal sealed class AdaroundRounding : LearnedRounding
{
    private const double Stretch = 1.2, Lift = -0.1, Pressure = 0.05, Free = 0.2;

    protected override double Rate => 0.08;

    protected override Weight Start(double number, int code, Grid grid, Code codes)
    {
        var near = grid[code];
        var (other, otherCode) = Beyond(number, near, grid, codes) ?? (near, code);
        var weight = near <= number
            ? new Weight { Number = number, Low = near, LowCode = code, High = other, HighCode = otherCode, Grid = grid }
            : new Weight { Number = number, Low = other, LowCode = otherCode, High = near, HighCode = code, Grid = grid };
        var share = weight.High > weight.Low ? Math.Clamp((number - weight.Low) / (weight.High - weight.Low), 0.001, 0.999) : 0.5;
        var sigmoid = (share - Lift) / Stretch;
        weight.Variable = Math.Log(sigmoid / (1 - sigmoid));
        return weight;
    }

    protected override double Now(in Weight w) => w.Low + Share(w.Variable) * (w.High - w.Low);

    protected override double Slope(in Weight w, double slope, double progress)
    {
        var (sigmoid, share) = (1 / (1 + Math.Exp(-w.Variable)), Share(w.Variable));
        var along = slope * (w.High - w.Low);
        if (progress > Free)
        {
            var (beta, side) = (20 - 18 * (progress - Free) / (1 - Free), 2 * share - 1);
            along -= Pressure * 2 * beta * Math.Pow(Math.Abs(side), beta - 1) * Math.Sign(side);
        }
        return share is <= 0 or >= 1 ? 0 : along * Stretch * sigmoid * (1 - sigmoid);
    }

    protected override int Code(in Weight w) => Share(w.Variable) >= 0.5 ? w.HighCode : w.LowCode;

    private static double Share(double variable) => Math.Clamp(Stretch / (1 + Math.Exp(-variable)) + Lift, 0, 1);

    /// <summary>The nearest of the grid's numbers on the other side of a number.</summary>
    private static (float, int)? Beyond(double number, float near, Grid grid, Code codes)
    {
        (float Number, int Code)? best = null;
        for (var code = codes.Range.Low; code <= codes.Range.High; code++)
            if (grid[code] is var x && (near <= number ? x > number : x < number) && (best is null || Math.Abs(x - number) < Math.Abs(best.Value.Number - number))) best = (x, code);
        return best;
    }
}
