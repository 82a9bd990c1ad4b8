using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Whatever a tuning file may choose computes what the formula says.</summary>
public sealed class CandidateTests
{
    private static readonly Dictionary<string, long> None = new(StringComparer.Ordinal);

    public static TheoryData<string, Op, long[], long[]> Cases => new()
    {
        { "product", new MatMul(), [13, 300], [300, 70] },
        { "few rows", new MatMul(), [2, 40], [40, 33] },
        { "window", new Conv(Pads: [1, 1, 1, 1]), [1, 8, 9, 14], [20, 8, 3, 3] },
        { "depthwise", new Conv(Group: 20, Pads: [1, 1, 1, 1]), [1, 20, 9, 14], [20, 1, 3, 3] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_candidate_gives_the_numbers_of_the_formula(string what, Op op, long[] left, long[] right)
    {
        Value a = new("a", Operand.F32([.. left]).Type), b = new("b", Operand.F32([.. right]).Type);
        if (op is Conv) a = a.With(a.Type with { Order = [0, 2, 3, 1] });
        var builder = new GraphBuilder("case", a, b);
        builder.Add(["y"], op, [a, b]);
        var kernel = Lowering.Lower(builder.Nodes[0].Map(v => op is Conv && v.Name == "y" ? v.With(v.Type with { Order = [0, 2, 3, 1] }) : v));
        var inputs = kernel.Inputs.ToDictionary(i => i.Name, i => Bytes.Of<float>([.. new RandomNumbers(i.Name[0]).Many(Operand.F32(i.Size.Whole)).Select(x => (float)x)]), StringComparer.Ordinal);
        var expected = Run(kernel, [], inputs);
        const double mostError = 1e-4;
        var candidates = Candidates.Of(kernel, MachineTable.Of(CpuTarget.Host), new HashSet<string> { "b" }, mostError);
        Assert.True(candidates.Count > 4, $"{what}: {candidates.Count} candidates");
        Assert.Equal(ScheduleChoice.Model, candidates[0].Choice);
        Assert.All(candidates, candidate =>
        {
            var actual = Run(candidate.Scheduled.Kernel, candidate.Scheduled.Once, inputs);
            var most = 4 * mostError * expected.Max(Math.Abs);
            Assert.True(expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) <= most), $"{what}: {candidate.Choice} gives other numbers");
        });
    }

    private static float[] Run(Kernel kernel, Seq<Kernel> once, Dictionary<string, Bytes> inputs)
    {
        var memory = new Dictionary<string, Bytes>(inputs, StringComparer.Ordinal);
        foreach (var buffer in once.SelectMany(k => k.Outputs).Concat(kernel.Outputs)) memory[buffer.Name] = Bytes.Zeros(buffer.Scalar.Bytes(buffer.Size.Whole));
        foreach (var pack in once) NativeRunner.Run(pack, memory, None);
        NativeRunner.Run(kernel, memory, None);
        return memory[kernel.Outputs[0].Name].ToArray<float>();
    }
}
