namespace Lathe.Ir;

/// <summary>What follows for the contents of small results from the contents of operands: what the text need not say.</summary>
internal static class Known
{
    /// <summary>For each result its elements, or null where they do not follow.</summary>
    public static Seq<Seq<Expr>?> Of(Node node)
    {
        if (node.Body is { } body)
        {
            var inside = body.Nodes.SelectMany(step => step.Results.Zip(Of(step))).ToDictionary(pair => pair.First, pair => pair.Second);
            return [.. node.Results.Select(result => inside.GetValueOrDefault(result))];
        }
        var operands = GraphBuilder.Operands(node.Operands);
        return [.. node.Results.Select((result, i) => GraphBuilder.Contents(node.Op, operands, result.Type, i))];
    }
}
