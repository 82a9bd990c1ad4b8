using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What calibration gathers, against the same figures of all numbers at once.</summary>
public sealed class CalibrationTests
{
    [Theory]
    [InlineData(new long[] { 3, 4, 5 }, 1)]
    [InlineData(new long[] { 3, 4, 5 }, 2)]
    [InlineData(new long[] { 6, 37 }, 1)]
    [InlineData(new long[] { 2, 3, 4, 37 }, 1)]
    [InlineData(new long[] { 7 }, 0)]
    [InlineData(new long[0], 0)]
    public void Statistics_are_those_of_all_runs_together(long[] shape, int axis)
    {
        var (random, observer, all) = (new Random(7), new ValueObserver("x", axis), new List<Tensor>());
        for (var run = 0; run < 4; run++)
        {
            var count = shape.Aggregate(1L, (a, b) => a * b);
            float[] numbers = [.. Enumerable.Range(0, (int)count).Select(i => (float)((random.NextDouble() - 0.4) * Math.Pow(10, run - 1)))];
            if (run == 2) numbers[0] = float.NegativeInfinity;
            all.Add(Tensor.Of([.. shape], numbers));
            observer.Add(all[^1]);
        }
        var result = observer.Result()!;
        var inner = (int)shape.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
        var channels = shape.Length == 0 ? 1 : (int)shape[axis];
        var numbered = all.SelectMany(t => t.ToDoubles().Index().Select(p => (Channel: p.Index / inner % channels, Number: p.Item))).Where(p => double.IsFinite(p.Number)).ToList();
        var plain = numbered.ConvertAll(p => p.Number);
        Assert.Equal((plain.Count, 1L, plain.Min(), plain.Max()), (result.Count, result.Infinite, result.Min, result.Max));
        Assert.Equal(plain.Average(), result.Mean, 1e-9);
        Assert.Equal(plain.Average(x => x * x) - plain.Average() * plain.Average(), result.Variance, 1e-6);
        foreach (var group in numbered.GroupBy(p => p.Channel, p => p.Number))
        {
            var c = group.Key;
            Assert.Equal((group.Min(), group.Max()), (result.Channels.Min[c], result.Channels.Max[c]));
            Assert.Equal(group.Average(), result.Channels.Mean[c], 1e-9);
            Assert.Equal(group.Average(Math.Abs), result.Channels.AbsMean[c], 1e-9);
            Assert.Equal(group.Average(x => x * x), result.Channels.Square(c), 1e-6);
        }
        var histogram = result.Histogram!;
        Assert.True(histogram.Range > result.AbsMax && histogram.Range / 2 <= result.AbsMax);
        var counts = new long[Histogram.Bins];
        foreach (var x in plain) counts[(int)Math.Floor((x + histogram.Range) / histogram.Width)]++;
        Assert.Equal(counts, histogram.Counts);
        var calibration = new Calibration("m", "d", 4, new Dictionary<string, ValueStatistics> { ["a \"b\""] = result }, new Dictionary<string, Gram>());
        var read = CalibrationText.Read(CalibrationText.Print(calibration), "c", "m");
        Assert.Equal(CalibrationText.Print(calibration), CalibrationText.Print(read));
    }

    [Fact]
    public void Zeros_have_a_histogram_without_a_range_until_something_else_comes()
    {
        var observer = new ValueObserver("x", 0);
        observer.Add(Tensor.Of([3], 0f, 0f, 0f));
        Assert.Equal(0, observer.Result()!.Histogram!.Range);
        observer.Add(Tensor.Of([3], 0f, 1f, -1f));
        var histogram = observer.Result()!.Histogram!;
        Assert.Equal((2.0, 4L, 1L, 1L), (histogram.Range, histogram.Counts[1024], histogram.Counts[512], histogram.Counts[1536]));
    }

    [Fact]
    public void What_is_no_number_is_refused()
    {
        var fault = Assert.Throws<DiagnosticException>(() => new ValueObserver("x", 0).Add(Tensor.Of([2], 1f, float.NaN))).Diagnostics[0];
        Assert.Equal(("LT3211", "x"), (fault.Code, fault.Where));
    }

    [Theory]
    [InlineData("", "LT3214")]
    [InlineData("calibration of model m\n", "LT3214")]
    [InlineData("calibration of model other\n3 items of d\n", "LT3215")]
    [InlineData("calibration of model m\n3 items of d\nvalue \"x\"\n  all 1 2\n", "LT3214")]
    [InlineData("calibration of model m\n3 items of d\nvalue \"\\x\"\n", "LT3214")]
    [InlineData("calibration of model m\n3 items of d\nvalue \"x\"\n  all 1 2 3 4 5 6 nan\n", "LT3214")]
    [InlineData("calibration of model m\n3 items of d\nvalue \"x\"\n  all 1 0 3 4 5 6 0\n  min 1 2\n  max 1\n", "LT3214")]
    public void A_text_that_is_none_or_of_another_model_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => CalibrationText.Read(text, "c", "m")).Diagnostics[0].Code);
}
