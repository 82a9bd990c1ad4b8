using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

/// <summary>Small graphs with random weights, run through passes and compared with what they were.</summary>
internal sealed class Net
{
    private readonly Random random = new(5);
    private readonly List<Value> inputs = [];
    private readonly GraphBuilder builder = new("net");

    public static Machine Machine { get; } = new("test");

    public Value Input(string name, params Seq<Expr> shape)
    {
        var value = new Value(name, new TensorType(shape, Scalar.F32));
        inputs.Add(value);
        return value;
    }

    /// <summary>Numbers between 0.5 and 1.5, so that they can be divided by and have roots.</summary>
    public Value Weight(string name, params long[] shape) =>
        new(name, new TensorType([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() + 0.5f).ToArray())]);

    public static Value Constant(string name, params float[] numbers) => new(name, new TensorType(numbers.Length == 1 ? [] : [numbers.Length], Scalar.F32), [Bytes.Of<float>(numbers)]);

    public static Value Wholes(string name, params long[] numbers) => new(name, new TensorType([numbers.Length], Scalar.I64), [Bytes.Of<long>(numbers)]);

    public Value Add(string name, Op op, params Seq<Value?> operands) => builder.Add(name, op, operands);

    public Graph Return(params Seq<Value> outputs) => builder.Return(outputs) with { Inputs = [.. inputs] };

    /// <summary>The graph after passes, verified after each.</summary>
    public static Graph After(Graph graph, params Seq<Pass> passes) => new Runner(passes).Run(new(graph), new(Machine)).MustBeGraph;

    public static Program Compile(Graph graph) => Compilation.Run(graph, Machine);

    /// <summary>Both compute the same, up to what reassociation may change.</summary>
    public static void Same(Graph graph, Graph other, long dimension = 3) => Same(Interpreter.Run(graph, Given(graph, dimension)), Interpreter.Run(other, Given(graph, dimension)));

    public static void Same(Graph graph, Program program, long dimension = 3) => Same(Interpreter.Run(graph, Given(graph, dimension)), Interpreter.Run(program, Given(graph, dimension)));

    private static void Same(Tensor[] want, Tensor[] got)
    {
        Assert.Equal(want.Length, got.Length);
        foreach (var (a, b) in want.Zip(got))
        {
            Assert.Equal(a.Shape, b.Shape);
            var (x, y) = (a.ToDoubles(), b.ToDoubles());
            var bound = 1e-5 * Math.Max(1e-3, x.Max(Math.Abs));
            for (var i = 0; i < x.Length; i++) Assert.True(Math.Abs(x[i] - y[i]) <= bound, $"number {i}: {x[i]} before, {y[i]} after");
        }
    }

    /// <summary>The same random inputs for the same graph, symbols all at one number.</summary>
    private static Tensor[] Given(Graph graph, long dimension)
    {
        var random = new Random(11);
        return [.. graph.Inputs.Select(v =>
        {
            Seq<long> shape = [.. v.Type.Shape.Select(e => e is Number n ? n.Integer : dimension)];
            return Tensor.Of(shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() * 2 - 1).ToArray());
        })];
    }

    /// <summary>The verbs of a graph in order; those of a fused group in braces.</summary>
    public static string Verbs(Graph graph) => string.Join(" ", graph.Nodes.Select(n => n.Body is { } body ? "{" + Verbs(body) + "}" : n.Op.Name));
}
