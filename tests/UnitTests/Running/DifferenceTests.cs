using Lathe.Ir;

namespace Lathe.UnitTests.Running;

public sealed class DifferenceTests
{
    [Fact]
    public void An_error_is_a_share_of_the_largest_expected_number() =>
        Assert.Equal(new Difference(0.125, "at [1, 0]: expected -4, found -3.5"), Difference.Between(Tensor.Of([2, 1], 1f, -4), Tensor.Of([2, 1], 1f, -3.5f)));

    [Fact]
    public void NaNs_and_infinities_must_stand_in_the_same_places()
    {
        Assert.Equal(0, Difference.Between(Tensor.Of([3], float.NaN, float.PositiveInfinity, 1), Tensor.Of([3], float.NaN, float.PositiveInfinity, 1)).Share);
        Assert.Equal(double.PositiveInfinity, Difference.Between(Tensor.Of([1], float.NaN), Tensor.Of([1], 0f)).Share);
        Assert.Equal(double.PositiveInfinity, Difference.Between(Tensor.Of([1], float.PositiveInfinity), Tensor.Of([1], float.NegativeInfinity)).Share);
        Assert.Equal(double.PositiveInfinity, Difference.Between(Tensor.Of([1], 1f), Tensor.Of([1], float.NaN)).Share);
    }

    [Fact]
    public void Whole_numbers_must_be_equal()
    {
        var large = (1L << 60) + 1; // beside 2^60 as f64 it would vanish
        Assert.Equal(new Difference(double.PositiveInfinity, "at [0]: expected 1152921504606846977, found 1152921504606846976"), Difference.Between(Tensor.Of([1], large), Tensor.Of([1], large - 1)));
        Assert.Equal(0, Difference.Between(Tensor.Of(Scalar.I4, [3], 1, -2, 3), Tensor.Of(Scalar.I4, [3], 1, -2, 3)).Share);
    }

    [Fact]
    public void Shapes_and_kinds_must_be_equal() =>
        Assert.Equal("expected tensor<2x1, f32>, found tensor<1x2, f32>", Difference.Between(Tensor.Zeros(Scalar.F32, [2, 1]), Tensor.Zeros(Scalar.F32, [1, 2])).Where);
}
