using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>
/// Random operators by what they draw: mean and variance within five standard errors, and the distribution within Kolmogorov and Smirnov's bound at a
/// confidence of 99.9 %; the same numbers in every run, others for another seed.
/// </summary>
public sealed class DistributionTests
{
    private const int Count = 20000;

    /// <summary>√n · the largest distance of two distribution functions that one of a thousand samples exceeds (Smirnov 1948).</summary>
    private const double Most = 1.9495;

    private const double StandardErrors = 5;

    [Fact]
    public void Normal_numbers()
    {
        var drawn = Draw(new RandomNormalLike(Mean: 2, Scale: 3, Seed: 7), Zeros);
        Moments(drawn, 2, 9, fourth: 3 * 81);
        Distribution(drawn, x => 0.5 * (1 + Erf((x - 2) / (3 * Math.Sqrt(2)))));
        Seeds(seed => new RandomNormalLike(Seed: seed), Zeros);
    }

    [Fact]
    public void Uniform_numbers()
    {
        var drawn = Draw(new RandomUniformLike(Low: -1, High: 3, Seed: 7), Zeros);
        Moments(drawn, 1, 16.0 / 12, fourth: 256.0 / 80);
        Distribution(drawn, x => Math.Clamp((x + 1) / 4, 0, 1));
        Assert.All(drawn, x => Assert.InRange(x, -1, 3));
        Seeds(seed => new RandomUniformLike(Seed: seed), Zeros);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Chances(double chance)
    {
        var drawn = Draw(new Bernoulli(Seed: 3), Filled(chance));
        Assert.All(drawn, x => Assert.True(x is 0 or 1));
        Assert.InRange(Math.Abs(drawn.Average() - chance), 0, StandardErrors * Math.Sqrt(chance * (1 - chance) / Count));
        if (chance is > 0 and < 1) Seeds(seed => new Bernoulli(Seed: seed), Filled(chance));
    }

    [Fact]
    public void Classes_by_their_logarithms()
    {
        double[] chances = [0.1, 0.2, 0.7];
        var logs = Tensor.Of(Scalar.F32, [1, 3], [.. chances.Select(chance => Math.Log(chance))]);
        var drawn = Draw(new Multinomial(SampleSize: Count, Seed: 5), logs);
        foreach (var (i, chance) in chances.Index())
            Assert.InRange(Math.Abs(drawn.Count(x => (int)x == i) / (double)Count - chance), 0, StandardErrors * Math.Sqrt(chance * (1 - chance) / Count));
        Seeds(seed => new Multinomial(SampleSize: Count, Seed: seed), logs);
    }

    private static Tensor Zeros => Filled(0);

    private static Tensor Filled(double number) => Tensor.Of(Scalar.F32, [Count], [.. Enumerable.Repeat(number, Count)]);

    /// <summary>What machine code draws, which is what the interpreter draws.</summary>
    private static double[] Draw(Op op, Tensor x)
    {
        var input = new Value("x", new TensorType([.. x.Shape.Select(d => (Expr)d)], x.Kind));
        var builder = new GraphBuilder("draw", input);
        var graph = builder.Return(builder.Add("y", op, input));
        var native = NativeRunner.Run(Compilation.Run(graph, new Machine("test")), [x])[0].ToDoubles();
        Assert.True(Difference.Between(Interpreter.Run(graph, [x])[0], Tensor.Of(graph.Outputs[0].Type.Scalar, [.. graph.Outputs[0].Type.Shape.Select(e => e.Whole)], native)).Share < 1e-6, $"{op}: machine code draws other numbers than the interpreter");
        return native;
    }

    private static void Seeds(Func<float, Op> op, Tensor x)
    {
        Assert.Equal(Draw(op(11), x), Draw(op(11), x));
        Assert.NotEqual(Draw(op(11), x), Draw(op(12), x));
    }

    /// <param name="fourth">The fourth central moment, which says how far the variance of a sample is off.</param>
    private static void Moments(double[] drawn, double mean, double variance, double fourth)
    {
        Assert.InRange(Math.Abs(drawn.Average() - mean), 0, StandardErrors * Math.Sqrt(variance / Count));
        Assert.InRange(Math.Abs(drawn.Average(x => (x - mean) * (x - mean)) - variance), 0, StandardErrors * Math.Sqrt((fourth - variance * variance) / Count));
    }

    private static void Distribution(double[] drawn, Func<double, double> below)
    {
        var distance = drawn.Order().Select((x, i) => Math.Max(below(x) - i / (double)Count, (i + 1) / (double)Count - below(x))).Max();
        Assert.InRange(distance * Math.Sqrt(Count), 0, Most);
    }

    /// <summary>The error function to 1.5e-7 (Abramowitz and Stegun 7.1.26), far less than the bound of the distance.</summary>
    private static double Erf(double x)
    {
        var t = 1 / (1 + 0.3275911 * Math.Abs(x));
        var tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.Exp(-x * x);
        return Math.Sign(x) * (1 - tail);
    }
}
