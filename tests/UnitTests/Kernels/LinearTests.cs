using Lathe.Ir;

namespace Lathe.UnitTests.Kernels;

/// <summary>What dimensions come to.</summary>
public sealed class LinearTests
{
    private static readonly Expr N = Symbol.Of("n"), M = Symbol.Of("m");

    [Fact]
    public void A_maximum_with_a_minimum_of_the_same_is_the_other()
    {
        Assert.Equal(N, Linear.Simplify(Expr.Max(N, Expr.Min(N, 512))));
        Assert.Equal(N, Linear.Simplify(Expr.Max(Expr.Min(512, N), N)));
        Assert.Equal(N, Linear.Simplify(Expr.Min(N, Expr.Max(M, N))));
        Assert.Equal(N, Linear.Simplify(Expr.Max(Expr.Max(N, Expr.Min(N, 512)), N)));
    }

    [Fact]
    public void A_maximum_of_unlike_things_stays()
    {
        Assert.IsType<Call>(Linear.Simplify(Expr.Max(N, Expr.Min(M, 512))));
        Assert.IsType<Call>(Linear.Simplify(Expr.Min(N, Expr.Min(M, 512))));
    }
}
