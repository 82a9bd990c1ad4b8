using System.Collections.Concurrent;
using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Tensors of no elements: what is made for every extent must give at 0 what is made for 0 gives, or a check must refuse it.</summary>
public sealed class EmptyTests
{
    private static readonly Symbol N = (Symbol)Symbol.Of("n");
    private static readonly Dictionary<string, long> AtZero = new(StringComparer.Ordinal) { ["n"] = 0 };

    [Theory]
    [MemberData(nameof(OperatorTests.All), MemberType = typeof(OperatorTests))]
    public void Mean_the_same_where_their_extent_is_known(string verb)
    {
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(Operators.Examples(Operators.Find(verb)!).SelectMany(Cases), c =>
        {
            if (Fault(c.Op, c.Operands, c.Alone) is { } fault) faults.Add($"{c.Op} of {string.Join(", ", c.Operands.Select(v => v?.Type.ToString() ?? "none"))} at n = 0: {fault}");
        });
        Assert.True(faults.IsEmpty, string.Join("\n", faults.Order(StringComparer.Ordinal)));
    }

    /// <summary>An example with n in place of one extent: everywhere, or along one axis alone.</summary>
    private static IEnumerable<(Op Op, Seq<Value?> Operands, bool Alone)> Cases(Example example)
    {
        var random = new RandomNumbers(3);
        Seq<Value?> operands = [.. example.Operands.Select((operand, i) => operand is null ? null : Operand(operand, i, random))];
        var open = from operand in operands.Index()
                   where operand.Item is { IsWeight: false }
                   from axis in operand.Item!.Type.Shape.Index()
                   where axis.Item is Number { Integer: > 0 }
                   select (Operand: operand.Index, Axis: axis.Index, Extent: axis.Item.Whole);
        var everywhere = open.GroupBy(o => o.Extent).Select(g => (Axes: g.Select(o => (o.Operand, o.Axis)).ToList(), Alone: false));
        foreach (var (axes, alone) in everywhere.Concat(open.Select(o => (Axes: new List<(int, int)> { (o.Operand, o.Axis) }, Alone: true))).DistinctBy(c => string.Join(';', c.Axes)))
            yield return (example.Op, [.. operands.Select((v, i) => v?.With(v.Type with { Shape = [.. v.Type.Shape.Select((extent, axis) => axes.Contains((i, axis)) ? N : extent)] }))], alone);
    }

    private static Value Operand(Operand operand, int i, RandomNumbers random)
    {
        if (!operand.IsConstant) return new($"x{i}", operand.Type);
        return new($"x{i}", operand.Type, [Tensor.Of(((Dense)operand.Type.Encoding).Kind, [.. operand.Type.Shape.Select(e => e.Whole)], operand.Values is { } exact ? [.. exact] : random.Many(operand)).Bytes]);
    }

    /// <param name="op">The operator.</param>
    /// <param name="operands">Of any number of rows.</param>
    /// <param name="alone">Whether one axis alone is open, most often to be refused: then the interpreter is enough.</param>
    private static string? Fault(Op op, Seq<Value?> operands, bool alone)
    {
        Graph open;
        try { open = Graph(op, operands); }
        catch (TypeException) { return null; } // the operator must know the extent
        if (open.Guards.Any(g => Dimensions.Evaluate(g.Condition, AtZero) == 0)) return null;
        Graph empty;
        try { empty = Graph(op, [.. operands.Select(v => v?.With(v.Type with { Shape = [.. v.Type.Shape.Select(e => e == (Expr)N ? 0 : e)] }))]); }
        catch (TypeException e) { return $"no check refuses what is refused when compiling: {e.Message}"; }
        foreach (var (some, none) in open.Outputs.Zip(empty.Outputs))
            if (!Dimensions.Evaluate(some.Type.Shape, AtZero).Equals(Dimensions.Evaluate(none.Type.Shape, AtZero))) return $"the result is {some.Type}, where the extent is known {none.Type}";
        try
        {
            var weights = operands.OfType<Value>().Where(v => v.IsWeight).ToDictionary(v => v.Name, v => v.Planes[0], StringComparer.Ordinal);
            var (expected, kernel) = (Run(Lowering.Lower(empty.Nodes[0]), weights, Interpreter.Run), Lowering.Lower(open.Nodes[0]));
            if (Difference(kernel, expected, Run(kernel, weights, Interpreter.Run)) is { } plain) return $"interpreted: {plain}";
            if (alone) return null;
            var scheduled = Scheduler.Schedule(kernel, new Machine("test"), new HashSet<string>());
            foreach (var (way, run) in new (string, Runner)[] { ("interpreted", Interpreter.Run), ("native", NativeRunner.Run) })
                if (Difference(kernel, expected, Run(scheduled.Kernel, weights, run)) is { } fault) return $"scheduled ({scheduled.Template}), {way}: {fault}";
        }
        catch (InvalidOperationException e) { return e.Message; }
        return null;
    }

    private static Graph Graph(Op op, Seq<Value?> operands)
    {
        var builder = new GraphBuilder("case", operands.OfType<Value>().Where(v => !v.IsWeight));
        return builder.Return(builder.Add(["y"], op, operands));
    }

    private delegate void Runner(Kernel kernel, IReadOnlyDictionary<string, Bytes> memory, IReadOnlyDictionary<string, long> symbols);

    /// <summary>The outputs over random inputs; the same numbers whatever the way.</summary>
    private static Dictionary<string, Bytes> Run(Kernel kernel, Dictionary<string, Bytes> weights, Runner run)
    {
        var memory = new Dictionary<string, Bytes>(weights, StringComparer.Ordinal);
        foreach (var input in kernel.Inputs.Where(b => !weights.ContainsKey(b.Name)))
        {
            var shape = Dimensions.Evaluate(input.Shape, AtZero);
            memory[input.Name] = Tensor.Of(input.Scalar, shape, new RandomNumbers(5).Many(Ir.Operand.Of(input.Scalar, [.. shape]))).Bytes;
        }
        foreach (var output in kernel.Outputs)
        {
            var garbage = new byte[output.Scalar.Bytes(Dimensions.Evaluate(output.Size, AtZero))];
            Array.Fill(garbage, (byte)0xCC);
            memory[output.Name] = Bytes.Of(garbage);
        }
        run(kernel, memory, AtZero);
        return kernel.Outputs.ToDictionary(o => o.Name, o => memory[o.Name]);
    }

    private static string? Difference(Kernel kernel, Dictionary<string, Bytes> expected, Dictionary<string, Bytes> actual)
    {
        foreach (var output in kernel.Outputs)
        {
            var count = Dimensions.Evaluate(output.Size, AtZero);
            var (x, y) = (Numbers.Unpack(output.Scalar, expected[output.Name], count), Numbers.Unpack(output.Scalar, actual[output.Name], count));
            for (var i = 0; i < count; i++)
                if (!x[i].Equals(y[i]) && !(Math.Abs(x[i] - y[i]) <= 1e-4 * Math.Max(1, Math.Abs(x[i])))) return $"%{output.Name}[{i}] is {y[i]:R}, expected is {x[i]:R}";
        }
        return null;
    }
}
