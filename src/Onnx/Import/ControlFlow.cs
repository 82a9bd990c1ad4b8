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
        string? misfit = null;
        bool? single = null;
        var made = import.Attempt(() =>
        {
            var (mark, none) = (import.Report.Mark, new Node(new Identity(), [], []));
            var yes = Inside(then, "then");
            var (middle, faults) = (import.Report.Mark, import.Report.Since(mark));
            var no = Inside(other, "else");
            if (yes is null != no is null && (yes is null ? faults : import.Report.Since(middle)) is { Count: > 0 } wrong && wrong.All(f => f.Code == Faults.MisfitCode))
            {
                // A graph that does not fit what it is given, as one for another length of the input: the model is compiled for the other.
                (misfit, single) = ($"the graph where the condition {(yes is null ? "holds" : "does not hold")} cannot be made: {wrong[0].Where}: {wrong[0].Message}", yes is not null);
                return (false, none);
            }
            if (yes is null || no is null) return (true, none);
            try { return (true, Made(yes, no)); }
            catch (TypeException e) when (known is not null || AreOfUnlikeRanks(yes, no))
            {
                misfit = e.Message;
                return (false, none);
            }
        });
        if (misfit is not null)
        {
            // Branches that cannot be one result, asked by dimensions: the squeeze of an axis that may be 1, as exporters write it. It is taken to be so.
            if (single is { } one) return Compiled(one, misfit);
            if (known is not null) return Compiled(true, misfit);
            return import.Sides.Of(node.Where, misfit) is var (side, why) ? Compiled(side, why) : null;
        }
        if (made is not { Op: If }) return null; // what is wrong has been said
        builder.Add(made);
        return made.Results;

        static bool AreOfUnlikeRanks(Graph yes, Graph no) => yes.Outputs.Count == no.Outputs.Count && yes.Outputs.Zip(no.Outputs).All(p => p.First.Type.Scalar == p.Second.Type.Scalar)
            && yes.Outputs.Zip(no.Outputs).Any(p => p.First.Type.Rank != p.Second.Type.Rank);

        // One side in place of both; that the condition asks for it is checked at entry, or where data decide it as it is made.
        Seq<Value>? Compiled(bool side, string why)
        {
            var holds = known ?? Expr.Same(Asked(), 1);
            var wanted = side ? holds : Expr.Not(holds);
            builder.Check(new(wanted, $"{node.Where}: {why}; the model is compiled for {wanted}"));
            import.Report.Add(Faults.Branches(node.Where, why, known is null ? $"{condition} being {(side ? "true" : "false")}" : wanted.ToString()));
            return regions.Nodes(side ? then : other, node, builder, []);
        }

        Expr Asked()
        {
            var (name, _) = import.Decided(condition.Name, 1);
            var number = builder.Add(import.Names.Fresh($"{condition.Name}.number"), new Ir.Ops.Cast(Scalar.I64), condition);
            return builder.Add(import.Names.Fresh($"{condition.Name}.asked"), new Measure([name], [0], [1]), number).Known!.Value[0];
        }

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
