using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.UnitTests.Kernels;

public sealed class ScratchLayoutTests
{
    /// <summary>Stages of one kernel may have arrays of one name and shape: each statement has its own place, in every slice.</summary>
    [Fact]
    public void One_array_in_two_statements_has_a_place_in_each()
    {
        var (array, other, output) = (new Ir.Buffer("a", Scalar.F32, [16], Space.Arena), new Ir.Buffer("b", Scalar.F32, [32], Space.Arena), new Ir.Buffer("y", Scalar.F32, [4]));
        Scratch first = new(array, array.Set([0], 1.0f)), second = new(array, array.Set([0], 2.0f));
        var around = new Scratch(other, second);
        var (p, end) = (new Axis("p", 4), 64 + 128);
        var layout = ScratchLayout.Of(new Kernel("k", [], [output], new Loop(LoopKind.Parallel, p, Do(first, around))));
        Assert.Equal(Linear.Simplify(p * end), layout.Offset(first));
        Assert.Equal(Linear.Simplify(p * end), layout.Offset(around));
        Assert.Equal(Linear.Simplify(p * end + 128), layout.Offset(second));
        Assert.Equal(4 * end, layout.Bytes);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(128, 64)]
    [InlineData(129, 128)]
    public void Numbers_that_share_a_byte_have_one_to_the_last(int count, long bytes)
    {
        var (array, output) = (new Ir.Buffer("a", Scalar.I4, [count], Space.Arena), new Ir.Buffer("y", Scalar.F32, [4]));
        Assert.Equal(bytes, ScratchLayout.Of(new Kernel("k", [], [output], new Scratch(array, array.Set([0], Number.Of(Scalar.I4, 1))))).Bytes);
    }
}
