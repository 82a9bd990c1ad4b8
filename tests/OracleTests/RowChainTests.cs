using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Steps that run together, some rows at a time, give the numbers that they give one after another.</summary>
public sealed class RowChainTests
{
    /// <summary>Small caches: what lies between the steps leaves them.</summary>
    private static readonly Machine[] Machines = [new("test", Level2: 96 << 10, Level3: 96 << 10), new("wide", 64, 32, Level2: 160 << 10, Level3: 96 << 10)];

    /// <summary>Queries, keys and values, the heads' numbers side by side where there are heads, and what they are multiplied by.</summary>
    public static TheoryData<string, string, string, string> Attentions => new()
    {
        { "rows in equal parts", "3 x 256 x 16", "3 x 16 x 256", "3 x 256 x 16" },
        { "rows with a rest", "3 x 199 x 24", "3 x 24 x 199", "3 x 199 x 24" },
        { "fewer keys than queries", "2 x 300 x 8", "2 x 8 x 130", "2 x 130 x 40" },
        { "one product, in chunks", "384 x 16", "16 x 128", "128 x 16" },
        { "one product with a rest", "499 x 16", "16 x 96", "96 x 16" },
        { "an open batch", "n x 4 x 144 x 8", "n x 4 x 8 x 144", "n x 4 x 144 x 8" },
        { "keys that collide", "2 x 128 x 16", "2 x 16 x 512", "2 x 512 x 16" },
    };

    [Theory]
    [MemberData(nameof(Attentions))]
    public void Attention(string what, string queries, string keys, string values)
    {
        Value q = new("q", Type(queries)), k = new("k", Type(keys)), v = new("v", Type(values));
        var builder = new GraphBuilder("attention", q, k, v);
        var scores = builder.Add("scores", new MatMul(), [q, k]);
        var shares = builder.Add("shares", new Softmax(), [scores]);
        Check(what, builder.Return(builder.Add("y", new MatMul(), [shares, v])) with { Inputs = [q, k, v] }, stages: 3);
    }

    [Fact]
    public void Shares_and_a_product()
    {
        Value x = new("x", Type("640 x 48")), w = new("w", Type("48 x 32"));
        var builder = new GraphBuilder("layer", x, w);
        var normal = builder.Add("normal", new Softmax(), [x]);
        Check("a softmax and a layer", builder.Return(builder.Add("y", new MatMul(), [normal, w])) with { Inputs = [x, w] }, stages: 2);
    }

    private static void Check(string what, Graph graph, int stages)
    {
        foreach (var machine in Machines)
        {
            var lowered = new Runner([.. PassList.All().Where(p => p.Stage <= Stage.Lower && p.Stage != Stage.Compress && p.Name is not ("fuse" or "in_place" or "pad_rows"))]).Run(new(graph), new(machine)).MustBeProgram;
            var kernel = Assert.Single(lowered.Kernels);
            Assert.Equal(stages, kernel.Body.All.OfType<Block>().First().Steps.Count);
            var scheduled = Scheduler.Schedule(kernel, machine, new HashSet<string>());
            Assert.Contains("rows at a time", scheduled.Template, StringComparison.Ordinal);
            var sizes = kernel.Symbols.ToDictionary(s => s.Name, _ => 2L, StringComparer.Ordinal);
            var inputs = kernel.Inputs.ToDictionary(i => i.Name, i => Bytes.Of<float>([.. new RandomNumbers(i.Name[0]).Many(Operand.F32(Dimensions.Evaluate(i.Size, sizes))).Select(x => (float)x)]), StringComparer.Ordinal);
            var expected = Run(Interpreter.Run, kernel, inputs, sizes);
            Agree(expected, Run(Interpreter.Run, scheduled.Kernel, inputs, sizes), $"{what}, {machine.Name}, {scheduled.Template}, interpreted");
            if (machine.VectorBytes == 32) Agree(expected, Run(NativeRunner.Run, scheduled.Kernel, inputs, sizes), $"{what}, {scheduled.Template}, native");
        }
    }

    private static TensorType Type(string shape) => new([.. shape.Split(" x ").Select(e => e == "n" ? Symbol.Of("n") : int.Parse(e, System.Globalization.CultureInfo.InvariantCulture))], Scalar.F32);

    private static float[] Run(Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run, Kernel kernel, Dictionary<string, Bytes> given, Dictionary<string, long> sizes)
    {
        var garbage = new byte[4 * Dimensions.Evaluate(kernel.Outputs[0].Size, sizes)];
        Array.Fill(garbage, (byte)0xCC);
        var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal) { [kernel.Outputs[0].Name] = Bytes.Of(garbage) };
        run(kernel, memory, sizes);
        return memory[kernel.Outputs[0].Name].ToArray<float>();
    }

    private static void Agree(float[] expected, float[] actual, string way)
    {
        var most = 1e-5 * expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= most, $"{way}: [{i}] is {actual[i]:R} for {expected[i]:R}");
    }
}
