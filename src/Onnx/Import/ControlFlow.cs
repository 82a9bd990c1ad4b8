using Lathe.Ir.Ops;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Imports nodes that run graphs: branches and loops. ONNX If, Loop and Scan, all opsets.</summary>
internal sealed class ControlFlow(Importing import, RegionImport regions)
{
    /// <summary>Whether a node is one of them.</summary>
    public static bool Runs(OnnxNode node) => node is { Domain: "", OpType: "If" or "Loop" or "Scan" };

    /// <exception cref="DiagnosticException">The node is at fault.</exception>
    public void Add(OnnxNode node, GraphBuilder builder)
    {
        if (Results(node, builder) is not { } made) return;
        if (made.Count < node.Outputs.Count) import.Report.Add(Faults.TooManyResults(node.Where, node.OpType, made.Count, node.Outputs.Count));
        foreach (var (name, value) in node.Outputs.Zip(made))
            if (name != "") import.Values[name] = value.Name == name ? value : builder.Add(name, new Identity(), value);
    }

    private Seq<Value>? Results(OnnxNode node, GraphBuilder builder)
    {
        try
        {
            return node.OpType switch
            {
                "If" => Branch(node, builder),
                "Loop" => new LoopImport(import, regions, node, builder).Loop(Region(node, "body")),
                _ => new ScanImport(import, regions, node, builder).Scan(Region(node, "body")),
            };
        }
        catch (TypeException e) when (e is not ContentsException) { throw new DiagnosticException(Faults.Misfit(node.Where, e.Message, "")); }
    }

    private static GraphProto Region(OnnxNode node, string attribute) => node.Attributes.GetValueOrDefault(attribute)?.G ?? throw new DiagnosticException(Faults.NoRegion(node.Where, node.OpType, attribute));

    private Seq<Value>? Branch(OnnxNode node, GraphBuilder builder)
    {
        var condition = import.Values[node.Input(0)];
        var (then, other) = (Region(node, "then_branch"), Region(node, "else_branch"));
        if (condition.Type.Scalar != Scalar.Bool || condition.Type.Size is not Number { Integer: 1 }) throw new DiagnosticException(Faults.Misfit(node.Where, $"the condition must be one truth value, it is {condition.Type}", ""));
        var known = condition.Known is [var only] ? Linear.Decided(only) : null;
        if (known is Number decided) return regions.Nodes(decided.Integer != 0 ? then : other, node, builder, []);
        Exception? misfit = null;
        var made = import.Attempt(() =>
        {
            if ((Inside(then, "then"), Inside(other, "else")) is not ({ } yes, { } no)) return (true, new Node(new Identity(), [], []));
            try { return (true, Made(yes, no)); }
            catch (TypeException e)
            {
                misfit = e;
                return (false, new Node(new Identity(), [], []));
            }
        });
        if (misfit is not null)
        {
            // Branches that cannot be one result, asked by dimensions: the squeeze of an axis that may be 1, as exporters write it. It is taken to be so.
            if (known is null) throw new DiagnosticException(Faults.Misfit(node.Where, misfit.Message, ""));
            builder.Check(new(known, $"{node.Where}: {misfit.Message}; the model is compiled for {known}"));
            import.Report.Add(Faults.Branches(node.Where, misfit.Message, known.ToString()));
            return regions.Nodes(then, node, builder, []);
        }
        if (made is not { Op: If }) return null; // what is wrong has been said
        builder.Add(made);
        return made.Results;

        Graph? Inside(GraphProto graph, string name)
        {
            var inside = new GraphBuilder(name);
            return regions.Nodes(graph, node, inside, []) is { } outputs ? inside.Return([.. outputs]) : null;
        }

        Node Made(Graph yes, Graph no)
        {
            var names = yes.Outputs.Select((_, i) => i < node.Outputs.Count && node.Outputs[i] != "" ? node.Outputs[i] : import.Names.Fresh($"{node.Outputs.First(o => o != "")}.{i}")).ToList();
            var op = If.Of(yes, no, (result, axis, bound) => import.Decided(string.Create(CultureInfo.InvariantCulture, $"{names[result]}.{axis}"), bound));
            var types = op.Infer(GraphBuilder.Operands([condition]), [yes, no]);
            return new(op, [condition], [.. names.Zip(types, (name, type) => new Value(name, type))], [yes, no]);
        }
    }
}
