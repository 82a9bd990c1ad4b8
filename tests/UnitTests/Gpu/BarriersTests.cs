using Lathe.Codegen.Gpu;
using Lathe.Ir;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Gpu;

/// <summary>Where the threads of a group wait: one wait too few and they race.</summary>
public sealed class BarriersTests
{
    private static readonly Axis T = new("t", 32);
    private static readonly Buffer A = new("a", Scalar.F32, [32], Space.Shared), B = new("b", Scalar.F32, [32], Space.Shared), Mine = new("m", Scalar.F32, [32], Space.Registers);

    private static Loop Does(Func<Expr, Stmt> what) => (Loop)Threads(T, what);

    private static Loop Fills(Buffer buffer) => Does(t => buffer.Set([t], 1.0f));

    private static Loop Takes(Buffer buffer) => Does(t => Mine.Set([t], buffer[31 - t]));

    [Fact]
    public void Before_what_another_thread_stored_is_read()
    {
        var (fills, takes) = (Fills(A), Takes(A));
        var waits = new Barriers(Do(fills, takes));
        Assert.True(waits.IsBefore(takes));
        Assert.False(waits.IsBefore(fills));
    }

    [Fact]
    public void Not_before_what_is_another_buffers() => Assert.False(Takes(B) is var takes && new Barriers(Do(Fills(A), takes)).IsBefore(takes));

    [Fact]
    public void Before_what_others_may_still_read_is_stored_again()
    {
        var (takes, fills) = (Takes(A), Fills(A));
        Assert.True(new Barriers(Do(takes, fills)).IsBefore(fills));
    }

    [Fact]
    public void Before_the_first_of_a_loop_for_what_its_last_left()
    {
        var (takes, fills) = (Takes(A), Fills(A));
        var waits = new Barriers(For("k", 4, _ => Do(takes, fills)));
        Assert.True(waits.IsBefore(takes));
        Assert.True(waits.IsBefore(fills));
    }

    [Fact]
    public void A_wait_that_may_not_be_reached_is_none()
    {
        var (inside, after) = (Takes(A), Takes(A));
        Assert.True(new Barriers(Do(Fills(A), For("k", Symbol.Of("n", 0, 9), _ => inside), after)).IsBefore(after));
        Assert.True(new Barriers(Do(Fills(A), new Guard(0 < Symbol.Of("n", 0, 9), inside), after)).IsBefore(after));
    }
}
