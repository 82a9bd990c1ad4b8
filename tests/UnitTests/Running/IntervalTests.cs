using Lathe.Ir;

namespace Lathe.UnitTests.Running;

/// <summary>Bounds of reals hold for what f32 makes of them: casts to whole numbers and the checks of indices go by them.</summary>
public sealed class IntervalTests
{
    [Fact]
    public void A_sum_that_rounds_up_stays_inside()
    {
        var i = new Axis("i", 4);
        const float large = 16777216; // above it f32 has only every second whole number
        var sum = i.As(Scalar.F32) + (double)large;
        var range = Interval.Of(sum);
        for (var k = 0; k < 4; k++) Assert.InRange((double)(float)(large + (double)k), range.Low, range.High);
        Assert.True(Linear.Range(sum.As(Scalar.I64)).High >= 16777220, "the cast of 16777219 is 16777220");
    }

    [Fact]
    public void A_clamp_leaves_no_nan()
    {
        var x = new Ir.Buffer("x", Scalar.F32, [1])[0];
        Assert.False(Interval.Of(x).IsFinite);
        Assert.True(Interval.Of(Expr.Max(x, -3.0)).MayBeNan);
        var least = Expr.Select((Expr)Number.Of(Scalar.F32, -3.0) < x, x, Number.Of(Scalar.F32, -3.0));
        var inside = Interval.Of(Expr.Select(least < Number.Of(Scalar.F32, 5.0), least, Number.Of(Scalar.F32, 5.0)));
        Assert.Equal((-3.0, 5.0, false), (inside.Low, inside.High, inside.MayBeNan));
    }
}
