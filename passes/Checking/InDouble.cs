using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>
/// What a model of f32 means, computed in f64 by the interpreter: a judge between two results of which both were rounded on the way, a saved one
/// and ours. Sums, products and functions round at 2^-53 and not at 2^-24; the weights are the same numbers.
/// </summary>
public static class InDouble
{
    /// <summary>The outputs on these inputs, those of f32 as f64; null where an operator has no such form, or where the model computes in no f32.</summary>
    /// <exception cref="OperationCanceledException">It was asked to end.</exception>
    public static Tensor[]? Run(Graph graph, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        if (Of(graph) is not { } wide) return null;
        try { return Interpreter.Run(wide, [.. inputs.Select(Widened)], cancellation); }
        // A formula that makes numbers of f32 whatever it reads.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) { return null; }
    }

    /// <summary>The graph with f64 in every place of f32.</summary>
    private static Graph? Of(Graph graph)
    {
        var widened = new Dictionary<Value, Value>();
        var wide = Casts(graph.Map(value => widened.TryGetValue(value, out var known) ? known : widened[value] = Widened(value)));
        return widened.All(pair => ReferenceEquals(pair.Key, pair.Value)) || Verifier.Check(wide).Count > 0 ? null : wide;
    }

    private static Graph Casts(Graph graph) => graph with
    {
        Nodes = [.. graph.Nodes.Select(node => node with { Op = node.Op is Ir.Ops.Cast { To: Scalar.F32 } cast ? cast with { To = Scalar.F64 } : node.Op, Regions = [.. node.Regions.Select(Casts)] })],
    };

    private static Value Widened(Value value)
    {
        if (value.Type.Encoding is not Dense { Kind: Scalar.F32 }) return value;
        var type = value.Type with { Encoding = new Dense(Scalar.F64) };
        return value.IsWeight ? new(value.Name, type, [Bytes.Of<double>(Numbers.Unpack(Scalar.F32, value.Planes[0], value.Type.Count))])
            : new(value.Name, type, default, value.Known is { } known ? [.. known.Select(e => e is Number n ? n.Adapted(Scalar.F64) ?? e : e)] : null);
    }

    private static Tensor Widened(Tensor tensor) => tensor.Kind == Scalar.F32 ? new(Scalar.F64, tensor.Shape, Bytes.Of<double>(tensor.ToDoubles())) : tensor;
}
