namespace Lathe.Onnx;

/// <summary>Nodes that together say what one node said: each gets a fresh name for its result, unless it makes a result of the old node.</summary>
/// <param name="near">What the fresh names begin with.</param>
internal sealed class Chain(string near, RaiseScope scope)
{
    private readonly List<OnnxNode> nodes = [];

    public IReadOnlyList<OnnxNode> Nodes => nodes;

    /// <summary>Adds a node with one result.</summary>
    /// <returns>The name of the result.</returns>
    public string Add(string op, Seq<string> inputs, params (string Name, object Value)[] attributes)
    {
        var result = scope.Fresh($"{near}.{op.ToLowerInvariant()}");
        nodes.Add(OnnxNode.Of(op, inputs, [result], attributes));
        return result;
    }

    /// <summary>Adds a node with several results.</summary>
    /// <returns>Their names.</returns>
    public Seq<string> Many(string op, Seq<string> inputs, int results, params (string Name, object Value)[] attributes)
    {
        Seq<string> made = [.. Enumerable.Range(0, results).Select(_ => scope.Fresh($"{near}.{op.ToLowerInvariant()}"))];
        nodes.Add(OnnxNode.Of(op, inputs, made, attributes));
        return made;
    }

    /// <summary>Adds a node that keeps its own attributes.</summary>
    /// <returns>The name of its first result.</returns>
    public string Add(OnnxNode node)
    {
        nodes.Add(node with { Outputs = [scope.Fresh($"{near}.{node.OpType.ToLowerInvariant()}")] });
        return nodes[^1].Outputs[0];
    }

    /// <summary>Adds a node that makes results of the old node, under their names.</summary>
    public void Result(OnnxNode node) => nodes.Add(node);

    /// <summary>A value under the name of a result of the old node, if that is wanted.</summary>
    public void Name(string value, string result)
    {
        if (result != "") nodes.Add(OnnxNode.Of("Identity", [value], [result]));
    }

    /// <summary>A vector of whole numbers.</summary>
    public string Wholes(params Seq<long> numbers) => scope.Wholes($"{near}.numbers", numbers);

    /// <summary>One number.</summary>
    public string Number(Scalar kind, double number) => scope.Number($"{near}.number", kind, number);
}
