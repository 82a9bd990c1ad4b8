using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Fuzz;

/// <summary>A graph of operators drawn from their own examples: results feed further operators, cut and reshaped to fit. The same for the same seed.</summary>
internal sealed class RandomGraph
{
    /// <summary>Numbers of an operand above which an example is left out, so that the interpreter stays quick.</summary>
    private const long MostNumbers = 4000;

    /// <summary>Uses whose every number is of a kind that the graph can pass on: no half floats, whose one rounding hides or makes a difference, no text, nothing complex.</summary>
    private static readonly Seq<Example> Uses = [.. Operators.All.SelectMany(Operators.Examples).Where(IsPlain)];

    private readonly RandomNumbers random;
    private readonly GraphBuilder builder;
    private readonly List<Value> inputs = [];
    private readonly List<Operand> ranges = [];
    private readonly List<Value> made = [];
    private int names;

    public RandomGraph(ulong seed, int steps)
    {
        random = new(seed);
        // Inputs come to be as operators ask for them; the builder holds the list that Return puts in place.
        builder = new("random");
        for (var i = 0; i < steps; i++) Add(Uses[Below(Uses.Count)]);
        var read = builder.Nodes.SelectMany(n => n.Reads).ToHashSet();
        var outputs = made.Where(v => !read.Contains(v) || Below(6) == 0).ToList();
        Graph = builder.Return([.. outputs]) with { Inputs = [.. inputs] };
    }

    public Graph Graph { get; }

    /// <summary>Numbers for the inputs, each real moved by at most this share of itself.</summary>
    public Tensor[] Inputs(ulong seed, double moved = 0)
    {
        var (numbers, noise) = (new RandomNumbers(seed), new RandomNumbers(seed + 77));
        return [.. ranges.Select(range => Tensor.Of(range.Type.Scalar, [.. range.Type.Shape.Select(e => e.Whole)], [.. numbers.Many(range).Select(n => Moved(range, n, moved * (2 * noise.NextReal() - 1)))]))];
    }

    /// <summary>The same graph with every real number that a step makes moved by at most this share of itself: what rounding may do inside, ties between equal numbers included.</summary>
    public Graph Shaken(ulong seed, double share)
    {
        var (noise, shaken, now) = (new RandomNumbers(seed), new GraphBuilder(Graph.Name, Graph.Inputs), new Dictionary<Value, Value>());
        Value Now(Value value) => now.GetValueOrDefault(value, value);
        foreach (var node in Graph.Nodes)
            foreach (var (old, result) in node.Results.Zip(shaken.Add([.. node.Results.Select(v => v.Name)], node.Op, [.. node.Operands.Select(v => v is null ? null : Now(v))])))
            {
                var factors = new Value($"{old.Name} moved", old.Type, old.Type.Scalar.IsReal ? [Contents(new(old.Type), [.. Enumerable.Range(0, (int)old.Type.Count).Select(_ => 1 + share * (2 * noise.NextReal() - 1))])] : default);
                now[old] = factors.IsWeight ? shaken.Add($"{old.Name} shaken", new Mul(), result, factors) : result;
            }
        return shaken.Return([.. Graph.Outputs.Select(Now)]);
    }

    private static double Moved(Operand range, double number, double share) => range.Type.Scalar.IsReal ? number * (1 + share) : number;

    private static bool IsPlain(Example use)
    {
        if (use.Operands.OfType<Operand>().Any(o => o.Type.Encoding is not Dense || !IsPlain(o.Type) || o.Type.Count > MostNumbers)) return false;
        try
        {
            var values = use.Operands.Select((o, i) => o is null ? null : new Value($"x{i}", o.Type, o.Values is { } exact ? [Contents(o, exact)] : default)).ToSeq();
            return use.Op.Infer(GraphBuilder.Operands(values)).All(IsPlain);
        }
        catch (TypeException) { return false; }
    }

    private static bool IsPlain(TensorType type) => type.IsStatic && type.Scalar is Scalar.F32 or Scalar.F64 or Scalar.I32 or Scalar.I64 or Scalar.I8 or Scalar.U8 or Scalar.Bool;

    private static Bytes Contents(Operand operand, Seq<double> numbers) => Tensor.Of(operand.Type.Scalar, [.. operand.Type.Shape.Select(e => e.Whole)], numbers.AsSpan()).Bytes;

    private void Add(Example use)
    {
        var operands = use.Operands.Select(o => o is null ? null : Given(o)).ToSeq();
        made.AddRange(builder.Add([Name(use.Op.Name)], use.Op, operands).Where(v => v.Type.Count is > 0 and <= MostNumbers));
    }

    /// <summary>An operand: a constant as the example has it, a value made before, or a new input or weight.</summary>
    private Value Given(Operand operand)
    {
        if (operand.Values is { } exact) return new(Name("c"), operand.Type, [Contents(operand, exact)]);
        var candidates = made.Where(v => v.Type.Scalar == operand.Type.Scalar).ToList();
        if (candidates.Count > 0 && operand.Type.Count > 0 && Below(10) < 7) return Fitted(candidates[^(1 + Below(Math.Min(candidates.Count, 4)))], operand);
        var name = Name("x");
        if (Below(4) == 0) return new(name, operand.Type, [Contents(operand, [.. random.Many(operand)])]);
        var input = new Value(name, operand.Type);
        inputs.Add(input);
        ranges.Add(operand);
        return input;
    }

    /// <summary>A value brought to an operand's shape, its numbers held within the operand's bounds.</summary>
    private Value Fitted(Value value, Operand operand)
    {
        if (value.Type.Shape != operand.Type.Shape)
        {
            var (count, wanted) = (value.Type.Count, operand.Type.Count);
            value = Reshaped(value, [count]);
            if (count < wanted) value = builder.Add(Name("joined"), new Concat(0), [.. Enumerable.Repeat<Value?>(value, (int)((wanted + count - 1) / count))]);
            if (value.Type.Count > wanted) value = builder.Add(Name("cut"), new Slice(), value, Wholes(value.Type.Count - wanted), Wholes(value.Type.Count));
            value = Reshaped(value, [.. operand.Type.Shape.Select(e => e.Whole)]);
        }
        if (operand.Type.Scalar == Scalar.Bool) return value;
        return builder.Add(Name("held"), new Clip(), value, Number(operand, operand.Low), Number(operand, operand.High));
    }

    private Value Reshaped(Value value, Seq<long> shape) => builder.Add(Name("shaped"), new Reshape(), value, Wholes([.. shape]));

    private Value Number(Operand operand, double number) => new(Name("bound"), new TensorType([], operand.Type.Scalar), [Tensor.Of(operand.Type.Scalar, [], number).Bytes]);

    private Value Wholes(params Seq<long> numbers) => new(Name("whole"), new TensorType([numbers.Count], Scalar.I64), [Bytes.Of(numbers.AsSpan())]);

    private string Name(string stem) => $"{stem}_{names++}";

    private int Below(int count) => (int)(random.Next() % (ulong)count);
}
