using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.OracleTests;

/// <summary>Products that walk only what is kept of a weight: the same numbers as its formula, for few rows and many, whole panels and cut ones.</summary>
public sealed class SparseWalkTests
{
    [Theory]
    [InlineData("sparse 2:4 axis=1 input=0 (f32)", 1, 64, 300)]
    [InlineData("sparse 2:4 axis=1 input=0 (f32)", 3, 1536, 80)]
    [InlineData("sparse 2:4 axis=1 input=0 (f16)", 1, 60, 48)] // 30 are kept: no whole bytes of places
    [InlineData("sparse 2:4 axis=1 input=0 (i8 axis=1)", 1, 128, 64)]
    [InlineData("sparse 1:4 axis=1 input=0 (f32)", 9, 64, 40)]
    [InlineData("sparse 2:8 axis=1 input=0 (i4 axis=0 group=16)", 2, 64, 48)]
    [InlineData("sparse 4:8 axis=1 input=0 (f32)", 1, 256, 48)]
    [InlineData("sparse 3:8 axis=1 input=0 (f32)", 5, 64, 33)]
    [InlineData("sparse 5:16 axis=1 input=0 (f32)", 1, 96, 32)]
    public void Groups_pick_from_a_register(string weights, int rows, int depth, int columns) => Walks("sparse ", weights, new(new MatMul(), Operand.F32(rows, depth), Operand.F32(depth, columns)));

    /// <summary>Groups that do not fill the input, groups of scales that cut groups.</summary>
    [Theory]
    [InlineData("sparse 2:4 axis=1 input=0 (f32)", 1, 63, 48)]
    [InlineData("sparse 2:8 axis=1 input=0 (i4 axis=0 group=3)", 1, 64, 48)]
    public void Others_are_computed_dense(string weights, int rows, int depth, int columns)
    {
        var w = IrText.ReadEncoding(weights);
        var run = new OracleCase(new(new MatMul(), Operand.F32(rows, depth), Operand.F32(depth, columns)), i => i == 1 ? w : null);
        foreach (var (way, outputs) in run.Ways())
        {
            Assert.DoesNotContain("sparse", way, StringComparison.Ordinal);
            Assert.Null(run.Fault(outputs()));
        }
    }

    /// <summary>Blocks of two or four neighbours along the sum, times whole numbers: two or four are added at once.</summary>
    [Theory]
    [InlineData("u8 scale=0.02 zero=131", "sparse 4x4 keep=0.3 axis=1 input=0 (i8 axis=1)", 19, 48, 40)]
    [InlineData("i8 scale=0.02", "sparse 4x4 keep=0.3 axis=1 input=0 (i8 axis=1)", 130, 96, 32)]
    [InlineData("i8 scale=0.02 zero=-7", "sparse 4x2 keep=0.2 axis=1 input=0 (i8 axis=1)", 37, 48, 24)]
    [InlineData("i8 scale=0.02", "sparse 1x8 keep=0.5 axis=1 input=0 (i8 axis=1)", 16, 64, 48)]
    [InlineData("u8 scale=0.02 zero=3", "sparse 16x4 keep=0.4 axis=1 input=0 (i8 axis=1)", 33, 64, 64)]
    public void Neighbours_are_added_at_once(string activations, string weights, int rows, int depth, int columns) =>
        Walks("sparse ", weights, new(new MatMul(), Operand.F32(rows, depth), Operand.F32(depth, columns)), activations, "in dots of");

    [Theory]
    [InlineData("i8 scale=0.02", "sparse 4x4 keep=0.3 (i8 axis=0)")]
    [InlineData("u8 scale=0.02 zero=9", "sparse 4x2 keep=0.3 (i8 axis=0)")]
    public void Channels_of_pixels_are_added_at_once(string activations, string weights) => Walks("sparse ", weights, new(new Conv(), Operand.F32(1, 96, 9, 8), Operand.F32(64, 96, 1, 1)), activations, "in dots of");

    private static void Walks(string expected, string weights, Example example, string? activations = null, string also = "")
    {
        var (a, w) = (activations is null ? null : IrText.ReadEncoding(activations), IrText.ReadEncoding(weights));
        var run = new OracleCase(example, i => i == 0 ? a : i == 1 ? w : null);
        var (faults, others, found) = (new List<string>(), new List<string>(), 0);
        foreach (var (way, outputs) in run.Ways())
        {
            others.Add(way);
            if (way.Contains($"({expected}", StringComparison.Ordinal) && way.Contains(also, StringComparison.Ordinal)) found++;
            if (run.Fault(outputs()) is { } fault) faults.Add($"{weights}, {way}: {fault}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(found > 0, $"nothing was walked: {string.Join("\n", others)}");
    }
}
