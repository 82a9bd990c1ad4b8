using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.OracleTests;

/// <summary>The bounds are tight enough to find what they are for.</summary>
public sealed class BoundTests
{
    [Fact]
    public void A_sum_may_be_off_by_its_length_and_no_more()
    {
        var run = new OracleCase(new Example(new MatMul(), Operand.F32(1, 100), Operand.F32(100, 1)));
        var right = run.Ways().First().Run()["y"].ToArray<float>()[0];
        Assert.Null(run.Fault(Answer(right)));
        Assert.NotNull(run.Fault(Answer(right + 1e-3f)));
        Assert.NotNull(run.Fault(Answer(float.NaN)));
    }

    [Fact]
    public void What_rounds_nowhere_differently_must_be_equal()
    {
        var run = new OracleCase(new Example(new Add(), Operand.F32(1), Operand.F32(1)));
        var right = run.Ways().First().Run()["y"].ToArray<float>()[0];
        Assert.Null(run.Fault(Answer(right)));
        Assert.NotNull(run.Fault(Answer(MathF.BitIncrement(right))));
    }

    [Fact]
    public void An_example_runs_for_any_number_of_rows_too()
    {
        var ways = new OracleCase(new Example(new MatMul(), Operand.F32(5, 7), Operand.F32(7, 3))).Ways().Select(w => w.Way).ToList();
        Assert.Contains("native", ways);
        Assert.Contains("of n rows, native", ways);
        Assert.Contains(ways, way => way.StartsWith("of n rows, scheduled", StringComparison.Ordinal) && way.EndsWith("native", StringComparison.Ordinal));
    }

    private static Dictionary<string, Bytes> Answer(float number) => new() { ["y"] = Bytes.Of<float>([number]) };
}
