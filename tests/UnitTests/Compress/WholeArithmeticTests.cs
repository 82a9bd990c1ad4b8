using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Between the first and the last kernel there is no float: none in memory, none in a formula; and what that computes is near what reals gave.</summary>
public sealed class WholeArithmeticTests
{
    /// <summary>A mask beside scores, a quotient of a wide exponential, a normalization with a tiny epsilon, a large number's whole part: reals do better.</summary>
    [Fact]
    public void Ranges_that_leave_too_few_bits_are_refused()
    {
        static FixedNumber Of(double low, double high) => new(Symbol.Of("x"), Math.Max(-low, high) / (1 << 29), low, high);
        Action[] refused = [() => _ = Of(-1e30, 0) + Of(-5, 5), () => FixedFunctions.Power(Of(-1, 20)), () => FixedFunctions.Power(Of(-1e12, 0)), () => FixedNumber.Divide(Of(-1, 1), Of(1e-6, 10)), () => Of(0, 1e13).Rounded(down: true)];
        Action[] served = [() => _ = Of(-1e4, 0) + Of(-5, 5), () => FixedFunctions.Power(Of(-1e4, 2)), () => FixedNumber.Divide(Of(-1, 1), Of(1e-3, 10)), () => Of(0, 1e6).Rounded(down: true)];
        Assert.All(refused, compute => Assert.Throws<UnservedException>(compute));
        Assert.All(served, compute => compute());
    }

    [Fact]
    public void No_float_lies_between_kernels_of_a_block()
    {
        var (graph, program) = Compiled(Block());
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        Assert.DoesNotContain(program.Slots, s => s.Kind == SlotKind.Arena && s.Scalar.IsReal);
        var (entries, whole) = (0, 0);
        foreach (var call in program.Steps.Calls)
        {
            var kernel = program.Kernels.First(k => k.Name == call.Kernel);
            var isEdge = call.Arguments.Any(a => slots[a].Kind is SlotKind.Input or SlotKind.Output);
            if (isEdge) entries++;
            else
            {
                whole++;
                Assert.DoesNotContain(kernel.Inputs.Concat(kernel.Outputs), b => b.Scalar.IsReal);
                Assert.DoesNotContain(kernel.Body.All.SelectMany(s => s.Own).SelectMany(e => e.Parts()), e => e.Type.IsReal);
            }
        }
        Assert.True(whole >= 6, $"{whole} kernels in whole numbers, {entries} at the edges");
        Assert.InRange(entries, 1, 3);
    }

    [Fact]
    public void What_it_computes_is_near_what_reals_gave()
    {
        var before = Block();
        var (_, program) = Compiled(before);
        var (off, whole) = (0.0, 0.0);
        foreach (var seed in new[] { 5, 6, 7 })
        {
            var (expected, found) = (Interpreter.Run(before, [Data(seed)])[0].ToDoubles(), Interpreter.Run(program, [Data(seed)])[0].ToDoubles());
            off += expected.Zip(found, (a, b) => (a - b) * (a - b)).Sum();
            whole += expected.Sum(a => a * a);
        }
        // Codes of eight bits for what weights are multiplied with, and for weights.
        Assert.True(off < 1e-3 * whole, $"off by {off / whole} of the mean square");
    }

    [Theory]
    [InlineData("exp", -9, 2, 1e-6)]
    [InlineData("exp", -40, 0, 1e-8)]
    [InlineData("tanh", -6, 6, 1e-6)]
    [InlineData("erf", -5, 5, 1e-6)]
    [InlineData("sqrt", 0, 30, 1e-6)]
    [InlineData("sigmoid", -8, 8, 1e-6)]
    [InlineData("gelu", -6, 6, 2e-6)]
    public void Functions_of_whole_numbers_are_those_of_reals(string function, double low, double high, double most)
    {
        Op op = function switch { "exp" => new Exp(), "tanh" => new Tanh(), "erf" => new Erf(), "sqrt" => new Sqrt(), "sigmoid" => new Sigmoid(), _ => new Gelu() };
        float fine = (float)(Math.Max(-low, high) / 32767), coarse = (float)(Math.Max(1, function is "exp" ? Math.Exp(high) : function is "gelu" ? high : Math.Sqrt(Math.Max(1, high))) / 2e9);
        var x = new Value("x", new([64], new Whole(Scalar.I16, fine)));
        var build = new GraphBuilder("f", x);
        Value End(string name, double end) => new(name, new([], Scalar.F32), [Bytes.Of<float>([(float)end])]);
        var y = build.Add("y", op, build.Add("inside", new Clip(), x, End("low", low), End("high", high)));
        var graph = build.Return(build.Add("z", new Encode(new Whole(Scalar.I32, coarse)), y));
        var node = Fused.Of([.. graph.Nodes]);
        var kernel = WholeKernel.Of(Lowering.Lower(node), _ => null);
        Assert.DoesNotContain(kernel.Body.All.SelectMany(s => s.Own).SelectMany(e => e.Parts()), e => e.Type.IsReal);
        short[] codes = [.. Enumerable.Range(0, 64).Select(i => (short)Math.Round((low + (high - low) * i / 63) / fine))];
        var stored = Bytes.Of<int>(new int[64]);
        Interpreter.Run(kernel, new Dictionary<string, Bytes>(StringComparer.Ordinal) { [kernel.Inputs[0].Name] = Bytes.Of<short>(codes), [kernel.Outputs[0].Name] = stored }, new Dictionary<string, long>());
        double[] found = [.. stored.ToArray<int>().Select(code => (double)code)];
        for (var i = 0; i < codes.Length; i++)
        {
            var number = Math.Clamp(codes[i] * (double)fine, low, high);
            var expected = function switch { "exp" => Math.Exp(number), "tanh" => Math.Tanh(number), "sqrt" => Math.Sqrt(number), "sigmoid" => 1 / (1 + Math.Exp(-number)), "erf" => Erf(number), _ => number * 0.5 * (1 + Erf(number * Math.Sqrt(0.5))) };
            Assert.True(Math.Abs(found[i] * coarse - expected) <= most * Math.Max(1, Math.Exp(function == "exp" ? high : 0)), $"{function}({number}) is {expected}, found {found[i] * coarse}");
        }
    }

    /// <summary>By its series.</summary>
    private static double Erf(double x)
    {
        var (sum, term) = (x, x);
        for (var n = 1; n < 200; n++) sum += (term *= -x * x / n) / (2 * n + 1);
        return Math.Abs(x) > 4.5 ? Math.Sign(x) : sum * 2 / Math.Sqrt(Math.PI);
    }

    [Fact]
    public void What_has_no_such_form_stays_and_is_told()
    {
        var x = new Value("x", new([8], new Whole(Scalar.I16, 0.001f)));
        var build = new GraphBuilder("f", x);
        var y = build.Add("y", new Encode(new Whole(Scalar.I16, 0.001f)), build.Add("s", new Sin(), x));
        Assert.Contains("sin", Assert.Throws<UnservedException>(() => WholeKernel.Of(Lowering.Lower(Fused.Of([.. build.Return(y).Nodes])), _ => null)).Message, StringComparison.Ordinal);
    }

    private static (Graph, Program) Compiled(Graph graph)
    {
        IReadOnlyList<Tensor> runs = [Data(1), Data(2), Data(3)];
        var passes = Pipeline.Default.With(new Quantize(new Dense(Scalar.I8), Activations: Activations.U8)).With(new IntegerOnly()).With(new WholeArithmetic());
        Calibration Seen(Graph of) => Statistics(of, runs);
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibrator = Seen };
        return (graph, new Runner(passes.Run).Run(new(graph), compilation).MustBeProgram);
    }

    private static Calibration Statistics(Graph graph, IReadOnlyList<Tensor> runs)
    {
        Seq<Value> values = [.. graph.Inputs, .. graph.Nodes.SelectMany(n => n.Results).Where(v => v.Type.Scalar == Scalar.F32)];
        var observers = values.ToDictionary(v => v, v => new ValueObserver(v.Name, Observations.Of(graph)[v]));
        foreach (var run in runs) foreach (var (value, made) in values.Zip(Interpreter.Run(graph with { Outputs = values }, [run]))) observers[value].Add(made);
        return new("", "", runs.Count, observers.ToDictionary(o => o.Key.Name, o => o.Value.Result()!), new Dictionary<string, Gram>());
    }

    /// <summary>x + attention(normalized x), and a perceptron with GELU behind it: one head.</summary>
    private static Graph Block()
    {
        const int width = 32, rows = 12;
        var x = new Value("x", new([rows, width], Scalar.F32));
        var build = new GraphBuilder("block", x);
        var random = new Random(9);
        Value Weight(string name, double size, params Seq<long> shape) => new(name, new([.. shape.Select(n => (Expr)n)], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))])]);
        Value Product(string name, Value of, long from, long to) => build.Add(name, new Add(), build.Add($"{name}.product", new MatMul(), of, Weight($"{name}.w", 0.3, from, to)), Weight($"{name}.b", 0.1, to));
        Value Normal(string name, Value of) => build.Add(name, new LayerNormalization(), of, Weight($"{name}.g", 1, width), Weight($"{name}.s", 0.2, width));
        var normal = Normal("n1", x);
        var (q, k, v) = (Product("q", normal, width, width), Product("k", normal, width, width), Product("v", normal, width, width));
        var scores = build.Add("scores", new Mul(), build.Add("dots", new MatMul(), q, build.Add("turned", new Transpose(), k)), new Value("root", new([], Scalar.F32), [Bytes.Of<float>([0.1768f])]));
        var mixed = Product("o", build.Add("mixed", new MatMul(), build.Add("shares", new Softmax(), scores), v), width, width);
        var sum = build.Add("sum", new Add(), x, mixed);
        var wide = build.Add("gelu", new Gelu(), Product("up", Normal("n2", sum), width, 64));
        var after = build.Add("after", new Add(), sum, Product("down", wide, 64, width));
        return build.Return(Product("head", Normal("n3", after), width, 10));
    }

    private static Tensor Data(int seed)
    {
        var random = new Random(seed);
        return Tensor.Of((Seq<long>)[12, 32], [.. Enumerable.Range(0, 12 * 32).Select(_ => random.NextSingle() * 4 - 2)]);
    }
}
