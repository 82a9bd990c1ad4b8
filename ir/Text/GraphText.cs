namespace Lathe.Ir;

/// <summary>Writes a graph: one step a line, a fused group or a region as a body under its step.</summary>
internal static class GraphText
{
    public static void Write(TextWriting text, Graph graph)
    {
        text.Braces($"graph {NameText.Bare(graph.Name)}({TextWriting.Parameters(graph.Inputs)}) -> {Types(graph.Outputs)}{TextWriting.Where(Symbols(graph))}", () => Body(text, graph));
    }

    private static void Region(TextWriting text, Graph graph) =>
        text.Braces($"graph {NameText.Bare(graph.Name)}({TextWriting.Parameters(graph.Inputs)}) -> {Types(graph.Outputs)}", () => Body(text, graph));

    private static void Body(TextWriting text, Graph graph)
    {
        foreach (var guard in graph.Guards) text.Line(TextWriting.Check(guard));
        foreach (var node in graph.Nodes) Write(text, node);
        text.Line($"return {string.Join(", ", graph.Outputs)}".TrimEnd());
    }

    private static void Write(TextWriting text, Node node)
    {
        var line = $"{string.Join(", ", node.Results)} = {Call(node)} : {string.Join(", ", Made(node))}";
        if (node.Body is { } body) text.Braces(line, () => Group(text, node, body));
        else if (node.Regions.Count > 0) text.Braces(line, () => { foreach (var region in node.Regions) Region(text, region); });
        else text.Line(line);
    }

    private static void Group(TextWriting text, Node node, Graph body)
    {
        if (body.Inputs != node.Reads.ToSeq() || body.Outputs != node.Results || body.Name != "" || body.Guards.Count > 0)
            throw new InvalidOperationException($"the group of {node.Result} must read the operands of its step, make its results and have no name or checks of its own");
        var yielded = body.Nodes is [.., { Regions.Count: 0 } last] && last.Results == node.Results ? last : null;
        foreach (var step in body.Nodes) if (!ReferenceEquals(step, yielded)) Write(text, step);
        text.Line($"yield {(yielded is not null ? Call(yielded) : string.Join(", ", node.Results))}");
    }

    /// <summary>Operands, then attributes that differ from their default.</summary>
    private static string Call(Node node) => $"{node.Op.Name}({string.Join(", ", node.Operands.Select(v => v?.ToString() ?? "_").Concat(RecordText.Attributes(node.Op).Select(a => $"{a.Name}={RecordText.Show(a.Value)}")))})";

    /// <summary>The types of a step's results, and their contents where those are known but do not follow from the operands.</summary>
    private static IEnumerable<string> Made(Node node)
    {
        var inferred = Known.Of(node);
        return node.Results.Select((result, i) => result.Known == inferred[i] ? result.Type.ToString() : $"{result.Type} = {(result.Known is { } known ? known.ToString() : "_")}");
    }

    private static string Types(Seq<Value> values) => values is [var only] ? only.Type.ToString() : $"({string.Join(", ", values.Select(v => v.Type))})";

    /// <summary>Every dimension that the text of a graph names, by name.</summary>
    public static IEnumerable<Symbol> Symbols(Graph graph) => Expressions(graph).SelectMany(e => e.Parts()).OfType<Symbol>().Distinct().OrderBy(s => s.Name, StringComparer.Ordinal);

    private static IEnumerable<Expr> Expressions(Graph graph) =>
        graph.Inputs.Concat(graph.Nodes.SelectMany(n => n.Results)).SelectMany(v => v.Type.Shape.Concat(v.Known ?? []))
            .Concat((graph.Guards).Select(g => g.Condition))
            .Concat(graph.Nodes.SelectMany(n => n.Op.Binds))
            .Concat(graph.Nodes.SelectMany(n => n.Regions).SelectMany(Expressions));
}
