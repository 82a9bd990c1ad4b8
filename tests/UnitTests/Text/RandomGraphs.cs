using Lathe.Ir;
using Lathe.Ir.Ops;
using Cast = Lathe.Ir.Ops.Cast;
using Extents = Lathe.Ir.Seq<Lathe.Ir.Expr>;
using Shape = Lathe.Ir.Ops.Shape;

namespace Lathe.UnitTests.Text;

/// <summary>Small graphs: symbolic dimensions, names that need quotes, several results, absent operands, checks, weights in the text and beside it.</summary>
internal sealed class RandomGraphs(int seed)
{
    private static readonly string[] Stems = ["/layer/conv", "relu", "12", "a b", "x:0", "ümlaut", "quote\"", "", "return"];
    private readonly Random random = new(seed);
    private readonly List<Value> values = [];
    private int names;

    public Graph Graph()
    {
        Expr n = random.Next(2) == 0 ? Symbol.Of("batch", 1, 512) : Symbol.Of("sequence length", 0), m = Symbol.Of("m");
        var inputs = new[] { Input([n, 6]), Input([n, 6]), Input([2, 6]), Input([m, 6]) };
        values.AddRange(inputs);
        var graph = new GraphBuilder(random.Next(2) == 0 ? "main" : "torch-jit-export", inputs);
        for (var steps = 1 + random.Next(8); steps > 0; steps--)
        {
            try { Step(graph); }
            catch (TypeException) { } // operands that cannot meet: the next step finds others
        }
        return graph.Return([.. values.Skip(values.Count - 1 - random.Next(2))]);
    }

    private void Step(GraphBuilder graph)
    {
        var x = Pick();
        switch (random.Next(8))
        {
            case 0: Keep(graph.Add(Name(), new Add(), x, Pick())); break;
            case 1: Keep(graph.Add(Name(), new Softmax(random.Next(2) - 1), x)); break;
            case 2: Keep(graph.Add(Name(), new Clip(), x, null, Weight(Scalar.F32, [], 1))); break;
            case 3: Keep([.. graph.Add([Name(), Name()], new Split(1), [x, Weight(Scalar.I64, [2], 2)])]); break;
            case 4: Keep(graph.Add(Name(), new MatMul(), x, Weight(Scalar.F32, [6, 6], 36))); break;
            case 5: Keep(graph.Add(Name(), new Shape(), x)); break;
            case 6: Keep(graph.Add(Name(), new Cast(Scalar.F16), x)); break;
            default: Keep(graph.Add(Name(), new LeakyRelu(0.3f), x)); break;
        }
    }

    private void Keep(params IEnumerable<Value> made) => values.AddRange(made);

    private Value Pick() => values[random.Next(values.Count)];

    private Value Input(Extents shape) => new(Name(), new TensorType(shape, Scalar.F32));

    private Value Weight(Scalar kind, Seq<long> shape, int count)
    {
        var numbers = Enumerable.Range(0, count).Select(i => kind == Scalar.I64 ? 3 : (float)(i * 0.1)).ToArray();
        return new(Name(), new TensorType([.. shape.Select(d => (Expr)d)], kind), [Numbers.Pack(kind, numbers)]);
    }

    private string Name() => $"{Stems[random.Next(Stems.Length)]}{(random.Next(2) == 0 ? "_" : ".")}{names++}";
}
