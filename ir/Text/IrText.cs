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

    /// <summary>Reads graphs, kernels or a program.</summary>
    /// <param name="text">What <see cref="IrText"/> prints, or somebody wrote.</param>
    /// <param name="weights">Where bytes are that the text names by hash; null where it names none.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <exception cref="DiagnosticException">The text is at fault; it lists all faults with line and column.</exception>
    public static IrFile Read(string text, IWeightSource? weights = null, string file = "")
    {
        var faults = new SourceFaults(text, file);
        var tree = Parsing.File(text, faults);
        var formulas = new FormulaReader(faults);
        var literals = new LiteralReader(faults, formulas);
        var constants = new WeightReader(faults, formulas, literals, weights).Read(tree.weights());
        Seq<Kernel> kernels = [.. tree.kernel().Select(k => new KernelReader(faults, formulas, literals).Read(k)).OfType<Kernel>()];
        Seq<Graph> graphs = [.. tree.graph().Select(g => new GraphReader(faults, formulas, literals, constants).Read(g)).OfType<Graph>()];
        if (tree.program() is [_, var second, ..]) faults.Add("LT3003", second.Start, "a text holds one program");
        var program = tree.program().FirstOrDefault() is { } only ? new ProgramReader(faults, formulas, literals, constants).Read(only, kernels) : null;
        faults.Conclude();
        return new(graphs, program, kernels);
    }

    /// <summary>Reads a weight format by itself: <c>i4 group=64</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Encoding ReadEncoding(string text)
    {
        var faults = new SourceFaults(text, "");
        Encoding? encoding = null;
        try
        {
            var tree = Parsing.Encoding(text, faults);
            faults.Try(tree.Start, () => encoding = new LiteralReader(faults, new FormulaReader(faults)).Encoding(tree));
            faults.Conclude();
        }
        catch (DiagnosticException e) { throw new FormatException($"'{text}' is no weight format: {e.Diagnostics[0].Message.Split('\n')[0]}{(e.Diagnostics[0].Remedy is "" ? "" : "; " + e.Diagnostics[0].Remedy)}"); }
        return encoding!;
    }

    /// <summary>The planes that the text names by their hash: a reader must find them elsewhere, for instance in a <see cref="WeightFolder"/>.</summary>
    public static IEnumerable<Bytes> Outside(Graph graph) => WeightText.Outside(Weights(graph));

    /// <inheritdoc cref="Outside(Graph)"/>
    public static IEnumerable<Bytes> Outside(Program program) => WeightText.Outside(ProgramText.Weights(program));

    private static IEnumerable<(string Name, TensorType Type, Seq<Bytes> Planes)> Weights(Graph graph) => graph.Weights.Select(w => (w.Name, w.Type, w.Planes));
}
