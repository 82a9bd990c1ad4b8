using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>GPTQ against its formula as optimal brain surgery states it: one column at a time, the inverse of H shrunk after each.</summary>
public sealed class GptqTests
{
    [Theory]
    [InlineData("i3 group=8", false)]
    [InlineData("i4 group=8", true)]
    [InlineData("u2 group=5", true)]
    [InlineData("i4 axis=0", false)]
    public void Codes_are_those_of_the_plain_formula(string format, bool actOrder)
    {
        var (columns, rows) = (24, 6);
        var problem = new ProductLayer(new Gemm(TransB: true), [40, columns], [rows, columns], 4);
        var layer = problem.Layer(format);
        var options = new Quantize(layer.Format, QuantizeMethod.Gptq, actOrder);
        var choice = Rounding.Of(QuantizeMethod.Gptq).Choose(layer, options);
        Assert.Equal(Plain(layer, layer.Hessian(0), rows, columns, actOrder, options.Damping), choice.Numbers(layer));
        // It is the output that is near, not the weight.
        var nearest = Rounding.Of(QuantizeMethod.Rtn).Choose(new(problem.Use, layer.Format, problem.Numbers, null), options);
        Assert.True(layer.OutputError(choice.Numbers(layer)) < layer.OutputError(nearest.Numbers(layer)));
    }

    [Theory]
    [InlineData("i4 group=4")]
    [InlineData("i4 axis=0")]
    public void A_convolution_is_better_than_rounded(string format)
    {
        var problem = new ProductLayer(new Conv(Pads: [1, 1, 1, 1]), [3, 8, 7, 7], [5, 8, 3, 3], 4);
        var layer = problem.Layer(format);
        var options = new Quantize(layer.Format, QuantizeMethod.Gptq);
        double Error(QuantizeMethod method) => layer.OutputError(Rounding.Of(method).Choose(layer, options).Numbers(layer))!.Value;
        Assert.True(Error(QuantizeMethod.Gptq) < 0.9 * Error(QuantizeMethod.Rtn));
    }

    private static float[] Plain(Layer layer, double[] h, int rows, int columns, bool actOrder, double damping)
    {
        var mean = Enumerable.Range(0, columns).Average(i => h[i * columns + i]);
        var order = actOrder ? [.. Enumerable.Range(0, columns).OrderByDescending(c => h[c * columns + c])] : Enumerable.Range(0, columns).ToArray();
        var w = layer.Numbers.Select(x => (double)x).ToArray();
        var (result, grids) = (new float[w.Length], new Dictionary<int, Grid>());
        var inverse = Inverse(h, columns, damping * mean);
        var left = order.ToList();
        foreach (var j in order)
        {
            left.Remove(j);
            for (var r = 0; r < rows; r++)
            {
                var at = r * columns + j;
                var id = layer.Partition.Of(layer.Shape, at);
                if (!grids.TryGetValue(id, out var grid))
                {
                    var members = layer.Partition.Members(layer.Shape, id);
                    grids[id] = grid = layer.Format.Fit([.. members.Select(m => (float)w[m])], [.. members.Select(m => (float)h[m % columns * columns + m % columns])]);
                }
                result[at] = grid[grid.Nearest((float)w[at])];
                var error = (w[at] - result[at]) / inverse[j, j];
                foreach (var t in left) w[r * columns + t] -= error * inverse[j, t];
            }
            foreach (var a in left) foreach (var b in left) inverse[a, b] -= inverse[a, j] * inverse[j, b] / inverse[j, j];
        }
        return result;
    }

    /// <summary>By elimination.</summary>
    private static double[,] Inverse(double[] h, int size, double damping)
    {
        var (a, inverse) = (new double[size, size], new double[size, size]);
        for (var i = 0; i < size; i++) for (var j = 0; j < size; j++) (a[i, j], inverse[i, j]) = (h[i * size + j] + (i == j ? damping : 0), i == j ? 1 : 0);
        for (var p = 0; p < size; p++)
        {
            var pivot = a[p, p];
            for (var j = 0; j < size; j++) (a[p, j], inverse[p, j]) = (a[p, j] / pivot, inverse[p, j] / pivot);
            for (var i = 0; i < size; i++)
            {
                if (i == p) continue;
                var factor = a[i, p];
                for (var j = 0; j < size; j++) (a[i, j], inverse[i, j]) = (a[i, j] - factor * a[p, j], inverse[i, j] - factor * inverse[p, j]);
            }
        }
        return inverse;
    }
}
