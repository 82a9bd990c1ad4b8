using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Few rows times codes of two bits: sums of two steps are looked up by both codes, in tables that are made for each row.</summary>
public sealed class LookUpTests
{
    [Theory]
    [InlineData("i2 axis=0 group=16", 1, 64, 300)]
    [InlineData("i2 axis=1", 1, 96, 256)]
    [InlineData("i2 axis=0 group=32 scales=f16", 3, 1536, 272)] // several blocks of the depth
    [InlineData("ternary axis=0 group=64 scales=f16", 4, 128, 260)]
    [InlineData("codebook bits=2 axis=0 group=32", 2, 64, 256)]
    public void Sums_of_steps_are_looked_up(string weights, int rows, int depth, int columns)
    {
        var w = IrText.ReadEncoding(weights);
        var run = new OracleCase(new(new MatMul(), Operand.F32(rows, depth), Operand.F32(depth, columns)), i => i == 1 ? w : null);
        var (faults, found) = (new List<string>(), 0);
        foreach (var (way, outputs) in run.Ways())
        {
            if (way.Contains("looking up", StringComparison.Ordinal)) found++;
            if (run.Fault(outputs()) is { } fault) faults.Add($"{weights}, {way}: {fault}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(found > 0, "nothing was looked up");
    }

    /// <summary>Too few columns for a table, codes against a zero point, many rows.</summary>
    [Theory]
    [InlineData("i2 axis=0 group=16", 1, 64, 48)]
    [InlineData("u2 axis=0 group=16", 1, 64, 256)]
    [InlineData("i2 axis=0 group=16", 9, 64, 256)]
    [InlineData("i2 axis=0 group=5", 1, 65, 256)]
    public void Others_are_decoded(string weights, int rows, int depth, int columns)
    {
        var w = IrText.ReadEncoding(weights);
        var run = new OracleCase(new(new MatMul(), Operand.F32(rows, depth), Operand.F32(depth, columns)), i => i == 1 ? w : null);
        foreach (var (way, outputs) in run.Ways())
        {
            Assert.DoesNotContain("looking up", way, StringComparison.Ordinal);
            Assert.Null(run.Fault(outputs()));
        }
    }

    /// <summary>One row of a product for any number of them reads the panels that many rows read.</summary>
    [Theory]
    [InlineData("i2 axis=0 group=32 scales=f16")]
    [InlineData("i4 axis=0 group=32 scales=f16")]
    [InlineData("i3 axis=0 group=32 scales=f16")]
    [InlineData("ternary axis=0 group=64")]
    public void Weights_are_packed_once_for_few_rows_and_many(string weights)
    {
        Value a = new("a", new([Symbol.Of("n"), 128], Scalar.F32)), b = new("b", new([128, 512], IrText.ReadEncoding(weights)));
        var builder = new GraphBuilder("case", a, b);
        builder.Add(["y"], new MatMul(), [a, b]);
        var kernel = Lowering.Lower(builder.Nodes[0]);
        HashSet<string> constants = [.. kernel.Inputs.Select(i => i.Name).Where(name => name != "a")];
        var few = FewRows.Find(kernel, constants)!;
        foreach (var machine in new[] { new Machine("test"), new Machine("wide", 64, 32) })
        {
            var (general, special) = (Scheduler.Schedule(kernel, machine, constants), Scheduler.Schedule(few.Kernel, machine, constants));
            Assert.NotEqual(general.Template, special.Template);
            Assert.Equal(general.Once.Select(KernelShape.Of), special.Once.Select(KernelShape.Of));
        }
    }
}
