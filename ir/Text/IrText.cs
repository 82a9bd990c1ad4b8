namespace Lathe.Ir;

/// <summary>The textual IR: everything prints, and what prints reads back equal. The grammar is <c>grammars/Ir.g4</c>.</summary>
public static class IrText
{
    public static string Print(Graph graph)
    {
        var text = new TextWriting();
        WeightText.Write(text, Weights(graph));
        GraphText.Write(text, graph);
        return text.ToString();
    }

    public static string Print(Kernel kernel)
    {
        var text = new TextWriting();
        KernelText.Write(text, kernel);
        return text.ToString();
    }

    public static string Print(Program program)
    {
        var text = new TextWriting();
        WeightText.Write(text, ProgramText.Weights(program));
        ProgramText.Write(text, program);
        return text.ToString();
    }

    /// <summary>The planes that the text names by their hash: a reader must find them elsewhere, for instance in a <see cref="WeightFolder"/>.</summary>
    public static IEnumerable<Bytes> Outside(Graph graph) => WeightText.Outside(Weights(graph));

    /// <inheritdoc cref="Outside(Graph)"/>
    public static IEnumerable<Bytes> Outside(Program program) => WeightText.Outside(ProgramText.Weights(program));

    private static IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> Weights(Graph graph) => graph.Weights.Select(w => (w.Name, w.Type, w.Planes));
}
