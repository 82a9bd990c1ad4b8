namespace Lathe.Ir;

/// <summary>Checks what every pass must keep: unique names, one maker for each value, operands made before they are read, types that the operators confirm, weights that fill their planes.</summary>
public sealed class Verifier
{
    private readonly List<string> faults = [];
    private readonly Dictionary<string, Value> named = new(StringComparer.Ordinal);

    private Verifier() { }

    /// <summary>What is wrong, one line each; empty where all is well.</summary>
    public static Seq<string> Check(Graph graph)
    {
        var verifier = new Verifier();
        verifier.Visit(graph, []);
        return [.. verifier.faults];
    }

    private void Visit(Graph graph, HashSet<Value> around)
    {
        var made = new HashSet<Value>(around);
        foreach (var input in graph.Inputs) Make(input, made, $"input of {graph.Name}");
        foreach (var node in graph.Nodes)
        {
            var where = $"{node.Op.Name} of %{node.Results.FirstOrDefault()?.Name}";
            foreach (var operand in node.Reads) Read(operand, made, where);
            if (node.Body is { } body) VisitBody(node, body, made);
            else
            {
                foreach (var region in node.Regions) Visit(region, made);
                Types(node, where);
            }
            foreach (var result in node.Results) Make(result, made, where);
        }
        foreach (var output in graph.Outputs) Read(output, made, $"output of {graph.Name}");
    }

    /// <summary>The body of a fused group: its results are those of the node, it reads only operands of the node.</summary>
    private void VisitBody(Node node, Graph body, HashSet<Value> around)
    {
        var made = new HashSet<Value>(node.Reads.Where(around.Contains));
        foreach (var step in body.Nodes)
        {
            var where = $"{step.Op.Name} of %{step.Result.Name} in %{node.Result.Name}";
            foreach (var operand in step.Reads) Read(operand, made, where);
            Types(step, where);
            foreach (var result in step.Results) if (node.Results.Contains(result)) made.Add(result); else Make(result, made, where);
        }
        if (body.Outputs != node.Results) faults.Add($"the group of %{node.Result.Name} yields {body.Outputs}, its results are {node.Results}");
        foreach (var output in body.Outputs) Read(output, made, $"result of the group %{node.Result.Name}");
    }

    private void Make(Value value, HashSet<Value> made, string where)
    {
        if (value.IsWeight) faults.Add($"{where}: {value} is a weight, it cannot be computed");
        if (named.TryGetValue(value.Name, out var other)) faults.Add(ReferenceEquals(other, value) ? $"{where}: {value} is made twice" : $"{where}: the name {value} is taken");
        named[value.Name] = value;
        made.Add(value);
    }

    private void Read(Value value, HashSet<Value> made, string where)
    {
        if (!value.IsWeight)
        {
            if (!made.Contains(value)) faults.Add($"{where}: {value} is read before it is made");
            return;
        }
        if (named.TryGetValue(value.Name, out var other))
        {
            if (!ReferenceEquals(other, value)) faults.Add($"{where}: the name {value} is taken");
            return;
        }
        named[value.Name] = value;
        if (!value.Type.IsStatic) { faults.Add($"{value} is a weight of {value.Type}, its shape must be known"); return; }
        var planes = value.Type.Encoding.Planes(value.Type.Shape);
        if (planes.Count != value.Planes.Count) faults.Add($"{value} has {value.Planes.Count} planes, {value.Type} has {planes.Count}");
        foreach (var (plane, bytes) in planes.Zip(value.Planes))
            if (plane.Bytes != bytes.Length) faults.Add($"{value} holds {bytes.Length} bytes{(plane.Name == "" ? "" : $" in plane {plane.Name}")}, {value.Type} takes {plane.Bytes}");
    }

    private void Types(Node node, string where)
    {
        foreach (var fault in Types(node)) faults.Add($"{where}: {fault}");
    }

    /// <summary>Where the results of a step are not what its operator makes.</summary>
    internal static Seq<string> Types(Node node)
    {
        try
        {
            var operands = GraphBuilder.Operands(node.Operands);
            var types = node.Op is RegionOp op ? op.Infer(operands, node.Regions) : node.Op.Infer(operands);
            if (types.Count < node.Results.Count) return [$"the operator has {types.Count} results, {node.Results.Count} are named"];
            return [.. from pair in types.Zip(node.Results)
                       let type = pair.First
                       let result = pair.Second
                       where type.Scalar != result.Type.Scalar || type.Rank != result.Type.Rank || !type.Shape.Zip(result.Type.Shape).All(p => Linear.ProvesEqual(p.First, p.Second))
                       select $"{result} is {result.Type}, the operator makes {type}"];
        }
        catch (TypeException e) { return [e.Message]; }
    }
}
