using Lathe.Ir;
using Lathe.Passes;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Gpu;

/// <summary>Which loops become threads: one too many and threads race, so each case says why.</summary>
public sealed class IndependenceTests
{
    private static readonly Axis I = new("i", 8), J = new("j", 4);
    private static readonly Buffer X = new("x", Scalar.F32, [64]), Y = new("y", Scalar.F32, [64]), Codes = new("c", Scalar.U4, [64]);

    [Fact]
    public void An_index_of_ones_own_is_apart() => Assert.True(Independence.Holds(I, Y.Set([I], X[I])));

    [Fact]
    public void Rows_of_a_known_length_are_apart() => Assert.True(Independence.Holds(I, new Loop(LoopKind.For, J, Y.Set([I * 4 + J], X[J]))));

    [Fact]
    public void Rows_that_overlap_are_not() => Assert.False(Independence.Holds(I, new Loop(LoopKind.For, J, Y.Set([I * 3 + J], X[J]))));

    [Fact]
    public void A_place_that_all_store_to_is_not() => Assert.False(Independence.Holds(I, Y.Set([0], X[I])));

    [Fact]
    public void What_the_iteration_before_stored_is_not() => Assert.False(Independence.Holds(I, Y.Set([I + 1], Y[I])));

    [Fact]
    public void What_an_iteration_stored_itself_is() => Assert.True(Independence.Holds(I, Stmts.Do(Y.Set([I], X[I]), Y.Set([I], Y[I] + X[I]))));

    [Fact]
    public void A_place_that_data_decide_is_not() => Assert.False(Independence.Holds(I, Y.Set([I + new Buffer("at", Scalar.I64, [8])[0]], X[I])) && Independence.Holds(I, Y.Set([new Buffer("at", Scalar.I64, [8])[I]], X[I])));

    [Fact]
    public void Neighbours_in_a_byte_are_not() => Assert.False(Independence.Holds(I, Codes.Set([I], Number.Of(Scalar.U4, 1L))));

    [Fact]
    public void Whole_bytes_are() => Assert.True(Independence.Holds(I, new Loop(LoopKind.For, J, Codes.Set([I * 4 + J], Number.Of(Scalar.U4, 1L)))));
}
