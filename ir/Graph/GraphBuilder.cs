namespace Lathe.Ir;

/// <summary>Builds a graph node by node: infers and checks the types of each, follows the contents of small tensors, collects guards.</summary>
public sealed class GraphBuilder(string name, params IEnumerable<Value> inputs)
{
    private readonly Seq<Value> inputs = [.. inputs];
    private readonly List<Node> nodes = [];
    private readonly List<Guarded> guards = [];

    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>Adds a node with one result.</summary>
    /// <exception cref="TypeException">The operands do not fit the operator.</exception>
    public Value Add(string result, Op op, params Seq<Value?> operands) => Add([result], op, operands)[0];

    /// <summary>Adds a node; results that nobody named are called after the first.</summary>
    public Seq<Value> Add(Seq<string> results, Op op, Seq<Value?> operands)
    {
        var x = Operands(operands);
        try
        {
            var types = op.Infer(x);
            guards.AddRange(x.Guards);
            var values = new Value[types.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = new(i < results.Count && results[i] != "" ? results[i] : $"{results[0]}.{i}", types[i], default, Contents(op, x, types[i], i));
            return Add(new Node(op, operands, new(values))).Results;
        }
        catch (ContentsException e) { throw new ContentsException(e.Operand, $"{op.Name}: {e.What}", e.Low, e.Most, e.Shape); }
        catch (TypeException e) { throw new TypeException($"{op.Name}: {e.Message}", e.Remedy); }
        catch (OverflowException) { throw new TypeException($"{op.Name}: sizes of operands or results exceed 2^63"); }
    }

    /// <summary>Operands as a type rule sees them: reads give the contents of small tensors where those are known.</summary>
    public static Operands Operands(Seq<Value?> operands) => new([.. operands.Select(v => v?.Type)], [.. operands.Select(Contents)], [.. operands.Select(v => v?.Known)]);

    /// <summary>Adds a node as it is.</summary>
    public Node Add(Node node)
    {
        nodes.Add(node);
        return node;
    }

    public void Check(Guarded guard) => guards.Add(guard);

    public Graph Return(params Seq<Value> outputs) => new(name, inputs, [.. nodes], outputs, [.. guards.Distinct()]);

    /// <summary>What a small result holds, by working its formula out over known operands; null where it depends on anything else.</summary>
    internal static Seq<Expr>? Contents(Op op, Operands x, TensorType type, int result)
    {
        if (result == 0 && op.Contents is { } contents) return contents;
        if (op is not FormulaOp formula || !type.IsStatic || type.Count > 64 || type.Scalar is Scalar.String || type.Scalar.IsComplex) return null;
        try
        {
            var all = new Expr[type.Count];
            for (var i = 0; i < all.Length; i++)
            {
                var (rest, at) = ((long)i, new Expr[type.Rank]);
                for (var axis = type.Rank - 1; axis >= 0; axis--) (rest, at[axis]) = ((long, Expr))(rest / type.Shape[axis].Whole, rest % type.Shape[axis].Whole);
                var number = Unrolled(formula.At(x, new(at), result));
                all[i] = number.Type == Scalar.I64 ? Linear.Simplify(number) : number is Number n ? n.Adapted(type.Scalar.Arithmetic) ?? n : number;
                if (all[i].Free.Count > 0 || all[i].Parts().Take(200).Count() == 200) return null;
            }
            return new(all);
        }
        catch (NotKnownException) { return null; }
    }

    /// <summary>Reads the known contents of a value.</summary>
    private static Access Contents(Value? value) => (at, outside) =>
    {
        if (value?.Known is not { } known) throw new NotKnownException();
        Expr position = 0;
        for (var axis = 0; axis < at.Count; axis++) position = position * value.Type.Shape[axis].Whole + at[axis];
        for (var axis = 0; axis < at.Count; axis++)
            if (at[axis] is Number n && (n.Integer < 0 || n.Integer >= value.Type.Shape[axis].Whole)) return outside ?? Number.Of(value.Type.Scalar.Arithmetic, 0L);
        if (Linear.Simplify(position) is Number { Integer: var constant }) return known[(int)constant];
        if (known.Count is 0 or > 64) throw new NotKnownException();
        var chosen = known[^1];
        for (var i = known.Count - 2; i >= 0; i--) chosen = Expr.Select(Expr.Same(position, i), known[i], chosen);
        return outside is null ? chosen : Expr.Select(Dense.Inside(value.Type.Shape, at), chosen, outside);
    };

    /// <summary>Reductions over known extents written out.</summary>
    private static Expr Unrolled(Expr e) => e.Replace(part =>
    {
        if (part is not Reduce reduce) return null;
        if (reduce.Axes.Any(a => a.Extent is not Number { Integer: <= 64 })) throw new NotKnownException();
        IEnumerable<Expr> terms = [reduce.Body];
        foreach (var axis in reduce.Axes) terms = terms.SelectMany(t => Enumerable.Range(0, (int)axis.Extent.Whole).Select(i => t.Substitute((axis, i)))).ToList();
        return terms.Select(Unrolled).Aggregate(reduce.Start, (sum, term) => Reduce.Combine(reduce.Kind, sum, term));
    });

    private sealed class NotKnownException() : TypeException("what an operand holds must be known when compiling");
}
