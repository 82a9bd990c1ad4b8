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
        { "rows of any number", "3 x t x 16", "3 x 16 x t", "3 x t x 16" },
        { "a batch and rows of any number", "n x 4 x t x 8", "n x 4 x 8 x t", "n x 4 x t x 24" },
        { "one product of any number of rows", "t x 16", "16 x t", "t x 16" },
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

    /// <summary>Convolutions one behind another: channels, window, stride, padding; <c>depth</c> of each channel alone. With so many KiB of the second cache for half of each part.</summary>
    public static TheoryData<string, string, string, int> Images => new()
    {
        { "an inverted residual", "2 x 16 x 40 x 40", "48 1; depth 3 1 1; 16 1", 384 },
        { "one that halves", "1 x 12 x 80 x 44", "40 1; depth 3 2 1; 20 1", 384 },
        { "a window of five", "n x 16 x 60 x 36", "32 1; depth 5 1 2; 16 1", 384 },
        { "a window of seven, halved, rows with a rest", "1 x 8 x 93 x 45", "40 1; depth 7 2 3; 24 1", 384 },
        { "two convolutions", "1 x 16 x 40 x 40", "24 3 1 1; 16 3 1 1", 200 },
        { "three, the first halves", "2 x 8 x 48 x 40", "24 3 2 1; 24 3 1 1; 40 1", 200 },
        { "nothing outside", "1 x 16 x 44 x 40", "32 1; depth 3 1 0; 16 3 1 0", 384 },
        { "two of each channel alone", "1 x 32 x 40 x 40", "depth 3 1 1; depth 5 2 2", 384 },
        { "windows of one row and of one column", "n x 24 x 76 x 32", "24 1x3 1 1; 24 3x1 1 0; 48 1x3 1 1; 48 3x1 1 0", 1024 },
        { "three, the windows last", "2 x 16 x 48 x 40", "24 1; 32 1; 32 3 1 1", 512 },
        { "stripes that skip rows", "1 x 16 x 45 x 30", "24 1; 32 1 3 0", 128 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Convolutions(string what, string image, string layers, int level2)
    {
        var x = new Value("x", Type(image));
        var convolutions = layers.Split("; ").Select((layer, i) => (Name: $"y{i}", Words: layer.Split(' '))).ToList();
        var (inputs, channels, add) = (new List<Value> { x }, x.Type.Shape[1].Whole, new List<(string Name, Conv Op, Value Weight)>());
        foreach (var (name, words) in convolutions)
        {
            long Word(int at, long otherwise) => words.Length > at ? long.Parse(words[at], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
            var sides = words.ElementAtOrDefault(1)?.Split('x').Select(side => long.Parse(side, System.Globalization.CultureInfo.InvariantCulture)).ToList() ?? [1];
            var (alone, high, wide, stride, pad) = (words[0] == "depth", sides[0], sides[^1], Word(2, 1), Word(3, 0));
            var made = alone ? channels : Word(0, 0);
            var (above, beside) = (high > 1 ? pad : 0, wide > 1 ? pad : 0);
            add.Add((name, new(Group: alone ? channels : 1, Pads: [above, beside, above, beside], Strides: [stride, stride]), new($"w{name}", new([made, alone ? 1 : channels, high, wide], Scalar.F32))));
            channels = made;
        }
        inputs.AddRange(add.Select(a => a.Weight));
        var builder = new GraphBuilder("image", [.. inputs]);
        Check(what, builder.Return(add.Aggregate(x, (of, layer) => builder.Add(layer.Name, layer.Op, [of, layer.Weight]))) with { Inputs = [.. inputs] }, stages: add.Count,
            [new("test", Level2: level2 << 10, Level3: 96 << 10), new("wide", 64, 32, Level2: level2 << 10, Level3: 96 << 10)]);
    }

    private static void Check(string what, Graph graph, int stages, Machine[]? machines = null)
    {
        var weights = graph.Inputs.Select(i => i.Name).Where(name => name.StartsWith('w')).ToHashSet(StringComparer.Ordinal);
        foreach (var machine in machines ?? Machines)
        {
            var lowered = new Runner([.. PassList.All().Where(p => p.Stage <= Stage.Lower && p.Stage != Stage.Compress && p.Name is not ("fuse" or "in_place" or "pad_rows"))]).Run(new(graph), new(machine)).MustBeProgram;
            Assert.Equal(["one"], lowered.Kernels.Count == 1 ? ["one"] : lowered.Kernels.Select(k => k.Name));
            var kernel = lowered.Kernels[0];
            Assert.Equal(stages, kernel.Body.All.OfType<Block>().First().Steps.Count);
            var scheduled = Scheduler.Schedule(kernel, machine, weights, new ScheduleKernels().MostError);
            Assert.Contains("rows at a time", scheduled.Template, StringComparison.Ordinal);
            foreach (var rows in kernel.Symbols.Any(s => s.Name == "t") ? [1, 64, 151] : (long[])[0])
                Compare(kernel, scheduled, kernel.Symbols.ToDictionary(s => s.Name, s => s.Name == "t" ? rows : 2, StringComparer.Ordinal), $"{what}, {machine.Name}, {scheduled.Template}", machine.VectorBytes == 32);
        }
    }

    private static void Compare(Kernel kernel, Scheduled scheduled, Dictionary<string, long> sizes, string way, bool native)
    {
        var inputs = kernel.Inputs.ToDictionary(i => i.Name, i => Bytes.Of<float>([.. new RandomNumbers(i.Name[0]).Many(Operand.F32(Dimensions.Evaluate(i.Size, sizes))).Select(x => (float)x)]), StringComparer.Ordinal);
        var expected = Run(Interpreter.Run, kernel, inputs, sizes);
        foreach (var pack in scheduled.Once) inputs[pack.Outputs[0].Name] = Bytes.Of(Run(Interpreter.Run, pack, inputs, sizes));
        Agree(expected, Run(Interpreter.Run, scheduled.Kernel, inputs, sizes), $"{way}, interpreted");
        if (native) Agree(expected, Run(NativeRunner.Run, scheduled.Kernel, inputs, sizes), $"{way}, native");
    }

    private static TensorType Type(string shape) => new([.. shape.Split(" x ").Select(e => e is "n" or "t" ? Symbol.Of(e) : int.Parse(e, System.Globalization.CultureInfo.InvariantCulture))], Scalar.F32);

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
