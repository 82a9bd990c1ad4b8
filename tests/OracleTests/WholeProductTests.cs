using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>Quantized activations times quantized weights: every product of the operators, every kind of code, as dots of whole numbers.</summary>
public sealed class WholeProductTests
{
    private static readonly string[] Activations = ["u8 scale=0.02 zero=131", "i8 scale=0.02", "i8 scale=0.02 zero=-7"];
    private static readonly string[] Weights = ["i8 axis=1", "i8 axis=0", "u8 axis=1", "i4 axis=1", "i3 axis=1", "i4 axis=0 group=16", "u4 group=16 scales=f16", "u2 axis=0 group=32", "i8 axis=0 group=8"];

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var a in Activations) foreach (var w in Weights) all.Add(a, w);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Codes_are_multiplied_as_the_formula_says(string activations, string weights)
    {
        var (a, w) = (IrText.ReadEncoding(activations), IrText.ReadEncoding(weights));
        var (faults, dots) = (new List<string>(), 0);
        foreach (var example in Examples((Grouped)w))
        {
            OracleCase run = new(example, i => i == 0 ? a : i == 1 ? w : null);
            foreach (var (way, outputs) in run.Ways())
            {
                if (way.Contains("dots", StringComparison.Ordinal)) dots++;
                if (run.Fault(outputs()) is { } fault) faults.Add($"{example.Op}, {activations}, {weights}, {way}: {fault}");
            }
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(dots > 0, "no product was one of whole numbers");
    }

    /// <summary>Products whose weights are summed along the axis of their groups, or have a scale for each column.</summary>
    private static IEnumerable<Example> Examples(Grouped weights)
    {
        if (weights.Group == 0 ? weights.Axis == 1 : weights.Axis == 0)
        {
            yield return new(new Ir.Ops.MatMul(), Operand.F32(19, 48), Operand.F32(48, 37));
            yield return new(new Ir.Ops.MatMul(), Operand.F32(1, 40), Operand.F32(40, 80));
            yield return new(new Ir.Ops.MatMul(), Operand.F32(2, 3, 50), Operand.F32(50, 20));
        }
        else
        {
            yield return new(new Ir.Ops.Gemm(TransB: true), Operand.F32(5, 70), Operand.F32(33, 70), Operand.F32(33));
            if (weights.Group > 0) yield break;
            yield return new(new Ir.Ops.Conv(Pads: [1, 1, 1, 1]), Operand.F32(1, 5, 6, 7), Operand.F32(20, 5, 3, 3), Operand.F32(20));
            yield return new(new Ir.Ops.Conv(Group: 2), Operand.F32(1, 8, 4, 4), Operand.F32(6, 4, 1, 1));
        }
    }
}
