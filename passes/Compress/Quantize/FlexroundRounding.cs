using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// What each number is divided by before it is rounded is learned, so that large ones may move by several steps: ŵ = round(w / (s·e^v)) · s, the slope through the
/// rounding taken as 1. Lee and others, FlexRound: Learnable Rounding based on Element-wise Division, 2023.
/// </summary>
internal sealed class FlexroundRounding : LearnedRounding
{
    protected override double Rate => 0.01;

    protected override Weight Start(double number, int code, Grid grid, Code codes)
    {
        // Steps of an even grid: what a row's slopes are measured in.
        var step = Math.Abs((double)grid[codes.Range.High] - grid[codes.Range.Low]) / (codes.Range.High - codes.Range.Low);
        return new Weight { Number = number, Low = 0, High = step, Grid = grid };
    }

    protected override double Now(in Weight w) => w.Grid[Code(w)];

    protected override double Slope(in Weight w, double slope, double progress) => -slope * w.Number * Math.Exp(-w.Variable);

    protected override int Code(in Weight w) => w.Grid.Nearest((float)(w.Number * Math.Exp(-w.Variable)));
}
