using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>A product of one row has a kernel of its own beside the one for any number: at one row it gives the numbers of the formula, of weights that are packed as the other's.</summary>
public sealed class FewRowsTests
{
    private static readonly Dictionary<string, long> One = new(StringComparer.Ordinal) { ["n"] = 1 };

    public static TheoryData<string, Op, string, string, bool> Cases => new()
    {
        { "a layer", new MatMul(), "n x 40", "40 x 33", true },
        { "a layer, deep and wide", new MatMul(), "n x 1100", "1100 x 70", true },
        { "batch and rows", new MatMul(), "n x n x 24", "24 x 16", true },
        { "columns transposed", new Gemm(TransB: true), "n x 24", "19 x 24", true },
        { "scores against keys", new MatMul(), "2 x n x 8", "2 x 8 x 37", false },
        { "heads that share keys", new Einsum("gqtd,gsd->gqts"), "2 x 4 x n x 16", "2 x 21 x 16", false },
        { "as many keys as rows", new MatMul(), "2 x n x 8", "2 x 8 x n", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_numbers_of_the_formula(string what, Op op, string left, string right, bool isWeight)
    {
        Value a = new("a", Type(left)), b = new("b", Type(right));
        var builder = new GraphBuilder("case", a, b);
        builder.Add(["y"], op, [a, b]);
        var kernel = Lowering.Lower(builder.Nodes[0]);
        HashSet<string> weights = isWeight ? ["b"] : [];
        var few = FewRows.Find(kernel, weights);
        Assert.True(few is not null, $"{what}: no rows are found");
        Assert.Equal(1, Dimensions.Evaluate(few.Condition, One));
        var inputs = kernel.Inputs.ToDictionary(i => i.Name, i => Bytes.Of<float>([.. new RandomNumbers(i.Name[0]).Many(Operand.F32(Dimensions.Evaluate(i.Size, One))).Select(x => (float)x)]), StringComparer.Ordinal);
        var expected = Run(Interpreter.Run, kernel, inputs);
        foreach (var machine in new[] { new Machine("test"), new Machine("wide", 64, 32) })
        {
            var (general, special) = (Scheduler.Schedule(kernel, machine, weights), Scheduler.Schedule(few.Kernel, machine, weights));
            Assert.NotEqual(general.Template, special.Template);
            Assert.Equal(general.Once.Select(KernelShape.Of), special.Once.Select(KernelShape.Of));
            var memory = new Dictionary<string, Bytes>(inputs, StringComparer.Ordinal);
            foreach (var once in special.Once) memory[once.Outputs[0].Name] = Run(Interpreter.Run, once, inputs);
            Agree(expected, Run(Interpreter.Run, special.Kernel, memory), $"{what}, {machine.Name}, {special.Template}, interpreted");
            if (machine.VectorBytes == 32) Agree(expected, Run(NativeRunner.Run, special.Kernel, memory), $"{what}, {special.Template}, native");
        }
    }

    private static TensorType Type(string shape) => new([.. shape.Split(" x ").Select(e => e == "n" ? Symbol.Of("n") : int.Parse(e, System.Globalization.CultureInfo.InvariantCulture))], Scalar.F32);

    private static Bytes Run(Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run, Kernel kernel, IReadOnlyDictionary<string, Bytes> given)
    {
        var garbage = new byte[4 * Dimensions.Evaluate(kernel.Outputs[0].Size, One)];
        Array.Fill(garbage, (byte)0xCC);
        var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal) { [kernel.Outputs[0].Name] = Bytes.Of(garbage) };
        run(kernel, memory, One);
        return memory[kernel.Outputs[0].Name];
    }

    private static void Agree(Bytes expected, Bytes actual, string way)
    {
        var (right, found) = (expected.ToArray<float>(), actual.ToArray<float>());
        var most = 1e-5 * right.Max(Math.Abs);
        for (var i = 0; i < right.Length; i++) Assert.True(Math.Abs(right[i] - found[i]) <= most, $"{way}: [{i}] is {found[i]:R} for {right[i]:R}");
    }
}
