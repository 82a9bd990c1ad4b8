using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>A state in codes is what a few lines say it is, over many runs; every number of it is within half a step; and what cannot be stored so stays, said aloud.</summary>
public sealed class QuantizeStateTests
{
    private const int Heads = 2, Row = 16;

    private static readonly string[] Formats = ["i8", "i8 scales=f16", "u8 scales=f16", "i4 scales=f16", "u4 group=8 scales=bf16", "i2 group=8", "u2"];

    public static TheoryData<string> AllFormats => new(Formats);

    /// <summary>One head-wise attention over a cache that each run adds a token to.</summary>
    private static Graph Cache()
    {
        Value q = new("q", new([1, Heads, 1, Row], Scalar.F32)), k = new("k", new([1, Heads, 1, Row], Scalar.F32));
        var past = new Value("past", new([1, Heads, Symbol.Of("P", 0, 1000), Row], Scalar.F32));
        var build = new GraphBuilder("cache", q, k, past);
        var present = build.Add("present", new Concat(2), past, k);
        var scores = build.Add("scores", new Softmax(), build.Add("dots", new MatMul(), q, build.Add("turned", new Transpose([0, 1, 3, 2]), present)));
        return build.Return(build.Add("y", new MatMul(), scores, present), present);
    }

    [Theory]
    [MemberData(nameof(AllFormats))]
    public void Many_steps_leave_what_a_straightforward_cache_holds(string format)
    {
        var compilation = new Compilation(new Machine("test"));
        var graph = Run(Cache(), format, compilation);
        Assert.Empty(Verifier.Check(graph));
        var parts = graph.Inputs.Skip(2).ToList();
        var state = parts.ConvertAll(v => Tensor.Zeros(v.Type.Scalar, [.. v.Type.Shape.Select(e => e is Number n ? n.Integer : 0)]));
        var (random, plain) = (new Random(4), new List<float[]>());
        for (var step = 0; step < 40; step++)
        {
            float[] q = Numbers(random, Heads * Row), k = step == 7 ? new float[Heads * Row] : Numbers(random, Heads * Row);
            var results = Interpreter.Run(graph, [Tensor.Of([1, Heads, 1, Row], q), Tensor.Of([1, Heads, 1, Row], k), .. state]);
            state = [.. results.Skip(1)];
            plain.Add(Restated(k, format));
            var expected = Attend(q, plain);
            Assert.All(expected.Zip(results[0].ToDoubles()), p => Assert.Equal(p.First, p.Second, 1e-5));
        }
        Assert.Equal(40, state[0].Shape[2]);
    }

    [Property(MaxTest = 60)]
    public Property Every_number_is_within_half_a_step()
    {
        var numbers = ArbMap.Default.GeneratorFor<int>().ListOf(Row).Select(all => all.Select(n => n / 8f).ToArray());
        return Prop.ForAll(numbers.ToArbitrary(), Gen.Elements(Formats).ToArbitrary(), (row, format) =>
        {
            var back = Restated([.. row, .. row], format).Take(Row).ToArray();
            var (word, group) = Parts(format);
            return row.Chunk(group).Zip(back.Chunk(group)).All(g =>
            {
                var (low, high) = (Math.Min(0, g.First.Min()), Math.Max(0, g.First.Max()));
                var step = word.Signed ? Math.Max(-low, high) / (word.Bits == 8 ? 127 : 1 << word.Bits - 1) : (high - low) / ((1 << word.Bits) - 1);
                // Stored scales are off by half of their last digit, which every step of the far end feels; the shorter side of signed codes may be cut by one step.
                var slack = (format.Contains("f16", StringComparison.Ordinal) ? (high - low) * (format.Contains("bf16", StringComparison.Ordinal) ? 1f / 128 : 1f / 1024) : 0) + (word is { Signed: true, Bits: < 8 } ? step / 2 : 0) + 1e-6f * (high - low);
                return g.First.Zip(g.Second).All(p => Math.Abs(p.First - p.Second) <= step / 2 + slack);
            });
        });
    }

    [Fact]
    public void The_pass_codes_as_the_parts_of_a_case_are_coded()
    {
        var numbers = Tensor.Of([1, Heads, 3, Row], Numbers(new(5), Heads * 3 * Row));
        foreach (var format in Formats)
        {
            var state = Assert.Single(CodedState.Of([.. Run(Cache(), format, new(new Machine("test"))).Inputs]));
            Assert.Equal("past", state.Name);
            var parts = state.Code(numbers);
            var (word, group) = Parts(format);
            var (codes, scale) = (parts[0].ToDoubles(), parts[1].ToDoubles());
            var zero = parts.Count > 2 ? parts[2].ToDoubles() : new double[scale.Length];
            var expected = Restated(numbers.Bytes.ToArray<float>(), format);
            for (var i = 0; i < codes.Length; i++) Assert.Equal(expected[i], (codes[i] - zero[i / group]) * scale[i / group], 1e-6);
            Assert.Equal(word.Signed ? 2 : 3, parts.Count);
        }
    }

    [Fact]
    public void Bytes_and_errors_are_told()
    {
        var graph = Cache();
        List<Tensor> Data(int seed) => [Tensor.Of([1, Heads, 1, Row], Numbers(new(seed), Heads * Row)), Tensor.Of([1, Heads, 1, Row], Numbers(new(seed + 1), Heads * Row)), Tensor.Of([1, Heads, 5, Row], Numbers(new(seed + 2), Heads * 5 * Row))];
        var compilation = new Compilation(new Machine("test")) { Watcher = (side, _) => [Statistics(side, Data(1)), Statistics(side, Data(2))] };
        Run(graph, "i4 scales=f16", compilation);
        var loss = Assert.Single(compilation.States);
        Assert.Equal(("past", "present", true, Heads * Row * 4, Heads * (Row / 2 + 2)), (loss.Input, loss.Output, loss.Grows, loss.BytesBefore, loss.BytesAfter));
        Assert.Equal(Off(Data(1)[1].Bytes.ToArray<float>(), "i4 scales=f16"), loss.Error!.Value, 1e-5);
        Assert.Equal(Off(Data(2)[1].Bytes.ToArray<float>(), "i4 scales=f16"), loss.UnseenError!.Value, 1e-5);
        Assert.Contains(compilation.Notes.Of("y"), n => n.Text.StartsWith("outputs are off by ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nf4 group=16")]
    [InlineData("i8 axis=1")]
    [InlineData("i3")]
    [InlineData("f16")]
    public void No_run_stores_states_in_other_formats(string format) => Assert.Equal("LT3246", Assert.Single(Assert.Throws<DiagnosticException>(() => Run(Cache(), format, new(new Machine("test")))).Diagnostics).Code);

    [Fact]
    public void What_is_no_state_stays()
    {
        Value x = new("x", new([1, 4, 4], Scalar.F32)), h = new("h", new([1, 4, 16], Scalar.F32));
        var build = new GraphBuilder("g", x, h);
        // Rows of four are too short; a state that is computed with is no move.
        var graph = build.Return(build.Add("long", new Concat(1), x, build.Add("y", new Relu(), x)), build.Add("next", new Tanh(), h));
        var compilation = new Compilation(new Machine("test"));
        Assert.Equal(graph, Run(graph, "i8", compilation));
        Assert.Contains(compilation.Notes.All, n => n.Text == "%x stays f32: a row has 4 numbers, a scale for so few saves little");
        Assert.Contains(compilation.Notes.All, n => n.Text.StartsWith("the model has no state", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)] // the last token goes
    [InlineData(3)] // keys with a token in each column: a row lies along axis 2
    public void Caches_of_a_fixed_length_and_columns_are_states_too(int axis)
    {
        var (past, token) = (axis == 2 ? (Seq<Expr>)[1, 2, 6, 16] : [1, 2, 16, 6], axis == 2 ? (Seq<Expr>)[1, 2, 1, 16] : [1, 2, 16, 1]);
        Value old = new("past", new(past, Scalar.F32)), k = new("k", new(token, Scalar.F32));
        var build = new GraphBuilder("window", old, k);
        Value Whole(string name, long n) => Constants.Wholes(name, n);
        var kept = build.Add("kept", new Slice(), old, Whole("one", 1), Whole("end", 6), Whole("along", axis));
        var present = build.Add("present", new Concat(axis), kept, k);
        var graph = build.Return(build.Add("sum", new ReduceSum(), present, Whole("last", 3)), present);
        var compilation = new Compilation(new Machine("test"));
        var coded = Run(graph, "i8", compilation);
        Assert.Empty(Verifier.Check(coded));
        Assert.Equal([$"present.codes: {present.Type.With(new Dense(Scalar.I8))}", $"present.scale: {present.Type.With(past.With(axis == 2 ? 3 : 2, 1))}"], coded.Outputs.Skip(1).Select(v => $"{v.Name}: {v.Type}"));
        Assert.False(Assert.Single(compilation.States).Grows);
        var (random, start) = (new Random(3), Tensor.Zeros(Scalar.F32, [.. past.Select(e => e.Whole)]));
        var (plain, codes) = (start, coded.Inputs.Where(v => v.Name.StartsWith("past", StringComparison.Ordinal)).Select(v => Tensor.Zeros(v.Type.Scalar, [.. v.Type.Shape.Select(e => e.Whole)])).ToList());
        for (var step = 0; step < 9; step++)
        {
            var next = Tensor.Of([.. token.Select(e => e.Whole)], Numbers(random, 32));
            var (expected, found) = (Interpreter.Run(graph, [plain, next]), Interpreter.Run(coded, [.. codes, next]));
            (plain, codes) = (expected[1], [.. found.Skip(1)]);
            // Sixteen numbers, each within half a step of at most 1 / 127.
            Assert.All(expected[0].ToDoubles().Zip(found[0].ToDoubles()), p => Assert.Equal(p.First, p.Second, 16 * 0.5 / 127));
        }
    }

    private static Graph Run(Graph graph, string format, Compilation compilation) => PipelineReader.ReadLine($"quantize_state(format=\"{format}\")", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph;

    private static (Code Word, int Group) Parts(string format) => (Code.Parse(format.Split(' ')[0])!.Value, format.Contains("group=8", StringComparison.Ordinal) ? 8 : Row);

    /// <summary>Rows as they read back, in a few lines of floats.</summary>
    private static float[] Restated(float[] numbers, string format)
    {
        var (word, group) = Parts(format);
        var kind = format.Contains("scales=bf16", StringComparison.Ordinal) ? Scalar.BF16 : format.Contains("scales=f16", StringComparison.Ordinal) ? Scalar.F16 : Scalar.F32;
        return [.. numbers.Chunk(group).SelectMany(row =>
        {
            float low = Math.Min(0, row.Min()), high = Math.Max(0, row.Max());
            if (word.Signed) (low, high) = (row.Min(), row.Max());
            var wide = word is { Signed: true, Bits: 8 } ? row.Max(MathF.Abs) * (1f / 127) : word.Signed ? (-low > high ? low : high) * (-1f / (1 << word.Bits - 1)) : (high - low) * (float)(1.0 / ((1 << word.Bits) - 1));
            var scale = Tensor.Of(kind, [1], [(double)wide]).ToDoubles()[0] is var stored && stored == 0 ? 1f : (float)stored;
            var zero = word.Signed ? 0 : Math.Clamp(MathF.Round(-low / scale), 0, (1 << word.Bits) - 1);
            var (least, most) = word.Signed ? (-(1 << word.Bits - 1), (1 << word.Bits - 1) - 1) : (0, (1 << word.Bits) - 1);
            return row.Select(x => (Math.Clamp(MathF.Round(x / scale) + zero, least, most) - zero) * scale);
        })];
    }

    private static double Off(float[] numbers, string format) => numbers.Zip(Restated(numbers, format)).Sum(p => Math.Pow(p.First - p.Second, 2)) / numbers.Sum(x => (double)x * x);

    private static double[] Attend(float[] q, List<float[]> cache) =>
    [
        .. Enumerable.Range(0, Heads).SelectMany(head =>
        {
            var weights = cache.ConvertAll(k => Math.Exp(Enumerable.Range(head * Row, Row).Sum(i => (double)q[i] * k[i])));
            return Enumerable.Range(head * Row, Row).Select(i => cache.Zip(weights).Sum(p => p.First[i] * p.Second) / weights.Sum());
        }),
    ];

    private static Calibration Statistics(Graph graph, IReadOnlyList<Tensor> inputs)
    {
        var watched = Observations.Of(graph);
        var all = watched.Keys.Where(v => !graph.Inputs.Contains(v)).ToList();
        var values = graph.Inputs.Zip(inputs).Concat(all.Zip(Interpreter.Run(graph with { Outputs = [.. all] }, inputs))).Where(p => watched.ContainsKey(p.First));
        return new("", "", 1, values.ToDictionary(p => p.First.Name, p =>
        {
            var observer = new ValueObserver(p.First.Name, watched[p.First]);
            observer.Add(p.Second);
            return observer.Result()!;
        }, StringComparer.Ordinal), new Dictionary<string, Gram>());
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
