using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph without some places of its values. Steps are the same steps over smaller operands; whole numbers that speak of what is gone (groups, shapes, places of a slice) are found by trial.</summary>
/// <param name="gone">Classes of <paramref name="coupling"/>.</param>
internal sealed class Narrowing(Graph graph, Coupling coupling, IReadOnlySet<int> gone)
{
    private readonly Dictionary<Value, Value> now = [];
    private readonly HashSet<Value> otherwise = [];
    private readonly Surroundings names = new(graph);

    /// <exception cref="NarrowingException">A step cannot be made narrower.</exception>
    public Graph Run()
    {
        var build = new GraphBuilder(graph.Name, graph.Inputs);
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var weight in graph.Weights) if (Kept(weight) is { } kept) now[weight] = Narrow(weight, kept);
        foreach (var node in graph.Nodes)
        {
            if (!node.Reads.Concat(node.Results).Any(v => now.ContainsKey(v) || Kept(v) is not null) || node.Op is RegionOp && !node.Reads.Any(now.ContainsKey))
            {
                build.Add(node);
                continue;
            }
            var found = Find(node, build) ?? throw new NarrowingException(node);
            foreach (var (old, made) in node.Results.Zip(found.Results))
            {
                now[old] = made;
                // Sizes that are worked out in the graph itself are others now: fine for shapes, which are checked where they are used, and for nothing else.
                if (old.Known is { } was && (made.Known is not { } known || !was.SequenceEqual(known))) otherwise.Add(old);
            }
        }
        return build.Return([.. graph.Outputs.Select(Now)]);
    }

    private Value Now(Value value) => now.GetValueOrDefault(value, value);

    /// <summary>For each axis the places that are left; null where nothing is gone.</summary>
    private Seq<bool[]?>? Kept(Value value)
    {
        Seq<bool[]?> all = [.. Enumerable.Range(0, value.Type.Rank).Select(axis => coupling.Kept(value, axis, gone))];
        return all.Any(k => k is not null) ? all : null;
    }

    private TensorType Type(Value old) => Kept(old) is { } kept ? new([.. old.Type.Shape.Zip(kept).Select(p => p.Second is { } some ? some.Count(k => k) : p.First)], old.Type.Encoding) : old.Type;

    /// <summary>The step over what its operands have become.</summary>
    private Node? Find(Node node, GraphBuilder build)
    {
        var adaptation = new Adaptation(node, [.. node.Operands.Select(v => v is null ? null : Now(v))], [.. node.Reads.Concat(node.Results).SelectMany(v => Enumerable.Range(0, v.Type.Rank).Select(axis => coupling.Kept(v, axis, gone)).OfType<bool[]>())]);
        foreach (var (op, operands, before) in adaptation.Ways(names))
        {
            var trial = new GraphBuilder("trial");
            try
            {
                foreach (var step in before) trial.Add(step);
                var results = trial.Add([.. node.Results.Select(v => v.Name)], op, operands);
                if (!results.Zip(node.Results).All(p => p.First.Type.Shape == Type(p.Second).Shape && p.First.Type.Scalar == p.Second.Type.Scalar)) continue;
                var made = trial.Nodes[^1];
                if (Formula.Of(node) is not { } old || Formula.Of(made) is not { } formula || !new SameFormula(old, formula, Axis, (value, axis) => coupling.Kept(value, axis, gone), value => !otherwise.Contains(value) || made.Result.Known is not null).Holds()) continue;
                foreach (var step in trial.Nodes) build.Add(step);
                foreach (var guard in trial.Return().Guards) build.Check(guard);
                return made;
            }
            catch (TypeException) { }
        }
        return null;

        bool[]? Axis(Axis axis) => Formula.Of(node)!.Axes.Index().FirstOrDefault(p => p.Item == axis, (-1, null!)) is ( >= 0 and var i, _) ? coupling.Kept(node.Result, i, gone) : coupling.Kept(axis, gone);
    }

    /// <summary>The numbers of a weight that are left.</summary>
    private static Value Narrow(Value weight, Seq<bool[]?> kept)
    {
        var (shape, kind) = (weight.Type.Shape, weight.Type.Scalar);
        Seq<long[]> places = [.. shape.Zip(kept).Select(p => p.Second is { } some ? [.. some.Index().Where(k => k.Item).Select(k => (long)k.Index)] : Enumerable.Range(0, (int)p.First.Whole).Select(i => (long)i).ToArray())];
        var size = (int)kind.Bytes(1);
        var source = weight.Planes[0];
        var target = new byte[places.Aggregate(1L, (all, p) => all * p.Length) * size];
        var at = new int[places.Count];
        for (var to = 0L; to < target.Length; to += size)
        {
            var from = 0L;
            for (var d = 0; d < at.Length; d++) from = from * shape[d].Whole + places[d][at[d]];
            source.Span(from * size, size).CopyTo(target.AsSpan((int)to, size));
            for (var d = at.Length - 1; d >= 0 && ++at[d] == places[d].Length; d--) at[d] = 0;
        }
        GC.KeepAlive(source);
        return new(weight.Name, new([.. places.Select(p => (Expr)p.Length)], weight.Type.Encoding), [Bytes.Of(target)]);
    }
}

/// <summary>A step does not compute the same over fewer places, or it is not known how to make it.</summary>
internal sealed class NarrowingException(Node node) : Exception($"{node.Op.Name} of %{node.Result.Name} cannot be made narrower")
{
    public Node Node => node;
}
