using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// Rounding that is learned layer by layer: a variable for each number, moved against the gradient of tr((Ŵ-W)H(Ŵ-W)ᵀ), which is 2(Ŵ-W)H: nothing but H is needed of
/// the data. Scales stay those of rounding to nearest; a row for which nearest is better keeps it.
/// </summary>
internal abstract class LearnedRounding : Rounding
{
    protected const int Steps = 160;
    private const double First = 0.9, Second = 0.999;

    /// <summary>How far a step of Adam moves a variable at most, about.</summary>
    protected abstract double Rate { get; }

    public sealed override Choice Choose(Layer layer, Quantize options)
    {
        var (codes, grids) = layer.Format.Choose(layer.Numbers, layer.Importance(), layer.Shape);
        foreach (var (group, rows) in layer.RowGroups) Learn(layer, rows, layer.Hessian(group), codes, grids);
        return new(codes, grids);
    }

    /// <summary>A number's state before the first step.</summary>
    /// <param name="grid">What it may become.</param>
    protected abstract Weight Start(double number, int code, Grid grid, Code codes);

    /// <summary>What it is taken for at present.</summary>
    protected abstract double Now(in Weight weight);

    /// <summary>The slope of the loss along its variable.</summary>
    /// <param name="slope">Of the loss along what it is taken for, in steps of the row.</param>
    /// <param name="progress">Of the learning, 0 to 1.</param>
    protected abstract double Slope(in Weight weight, double slope, double progress);

    protected abstract int Code(in Weight weight);

    /// <summary>One number while it is learned.</summary>
    protected struct Weight
    {
        public double Number, Low, High, Variable, Mean, Square;
        public int LowCode, HighCode;
        public Grid Grid;
    }

    /// <summary>Everything lies column by column, so that columns of all rows are multiplied at once.</summary>
    private unsafe void Learn(Layer layer, int[] rows, double[] hessian, int[] codes, Grid[] grids)
    {
        var (matrix, size, count) = (layer.Matrix!, layer.Matrix!.Columns, rows.Length);
        var weights = new Weight[(long)size * count];
        var (off, gradient, unit) = (new double[weights.Length], new double[weights.Length], new double[count]);
        int Place(int r, int c) => matrix.Row[rows[r]] + matrix.Column[c];
        Parallel.For(0, size, c =>
        {
            for (var r = 0; r < count; r++)
            {
                var at = Place(r, c);
                weights[(long)c * count + r] = Start(layer.Numbers[at], codes[at], grids[layer.Partition.Of(layer.Shape, at)], layer.Format.Code);
            }
        });
        for (var r = 0; r < count; r++) for (var c = 0; c < size; c++) unit[r] += hessian[(long)c * size + c] * Math.Pow(weights[(long)c * count + r].High - weights[(long)c * count + r].Low, 2) / size;
        var before = Energy((r, c) => weights[(long)c * count + r].Grid[codes[Place(r, c)]]);
        for (var step = 0; step < Steps; step++)
        {
            Product((r, c) => Now(weights[(long)c * count + r]));
            var (progress, n) = (step / (Steps - 1.0), step + 1);
            var (unbias, unbiasSquare) = (1 / (1 - Math.Pow(First, n)), 1 / (1 - Math.Pow(Second, n)));
            Parallel.For(0, size, c =>
            {
                for (var r = 0; r < count; r++)
                {
                    ref var w = ref weights[(long)c * count + r];
                    var slope = unit[r] <= 0 ? 0 : Slope(w, 2 * gradient[(long)c * count + r] / unit[r], progress);
                    w.Mean = First * w.Mean + (1 - First) * slope;
                    w.Square = Second * w.Square + (1 - Second) * slope * slope;
                    w.Variable -= Rate * w.Mean * unbias / (Math.Sqrt(w.Square * unbiasSquare) + 1e-9);
                }
            });
        }
        var after = Energy((r, c) => weights[(long)c * count + r].Grid[Code(weights[(long)c * count + r])]);
        for (var r = 0; r < count; r++)
            if (after[r] < before[r])
                for (var c = 0; c < size; c++) codes[Place(r, c)] = Code(weights[(long)c * count + r]);

        void Product(Func<int, int, double> now)
        {
            Parallel.For(0, size, c =>
            {
                for (var r = 0; r < count; r++) off[(long)c * count + r] = now(r, c) - weights[(long)c * count + r].Number;
            });
            Array.Clear(gradient);
            fixed (double* h = hessian, d = off, g = gradient) Products.Add(h, size, d, count, g, count, size, count, size, 1);
        }

        double[] Energy(Func<int, int, double> now)
        {
            Product(now);
            var energy = new double[count];
            for (var c = 0; c < size; c++) for (var r = 0; r < count; r++) energy[r] += off[(long)c * count + r] * gradient[(long)c * count + r];
            return energy;
        }
    }
}
