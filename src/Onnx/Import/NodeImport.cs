namespace Lathe.Onnx;

/// <summary>Turns nodes into operators one after another: raised to their newest form, typed, and passed over where an operand could not be made.</summary>
internal sealed class NodeImport
{
    private const int MostUnwanted = 4;

    private readonly GraphBuilder builder;
    private readonly Dictionary<string, Value> values;
    private readonly Names names;
    private readonly TensorReader tensors;
    private readonly Report report;
    private readonly RaiseScope scope;
    private readonly ListValues lists;

    /// <param name="values">Inputs and weights by name; what nodes make is added.</param>
    public NodeImport(GraphBuilder builder, Dictionary<string, Value> values, Names names, TensorReader tensors, Report report)
    {
        (this.builder, this.values, this.names, this.tensors, this.report) = (builder, values, names, tensors, report);
        scope = new(name => values.GetValueOrDefault(name), weight => values.Add(weight.Name, weight), names, tensors);
        lists = new(scope);
    }

    /// <summary>Notes every node that cannot be compiled whatever its operands are, each operator once.</summary>
    public static void CheckOperators(IReadOnlyList<OnnxNode> nodes, Report report)
    {
        foreach (var node in nodes.Where(RunsGraphs)) report.Add(Faults.ControlFlow(node.Where, node.OpType));
        foreach (var use in nodes.Where(n => !RunsGraphs(n) && !IsKnown(n)).GroupBy(n => (n.OpType, n.Domain, n.Opset)))
        {
            var (op, domain, opset) = use.Key;
            var all = use.Select(n => n.Where).ToList();
            if (HostOp.CarriedBy(domain, op) is { } carried) report.Add(all.Select(where => Faults.HostOnly(where, op, carried)));
            else report.Add(Faults.UnknownOperator(op, domain, opset, Names.Some(all), all[0], Nearest(op)));
        }
        foreach (var node in nodes.Where(n => n.Opset == 0 && n.Domain == "").Take(1)) report.Add(Faults.NoOpset(node.Domain, node.Where));
    }

    /// <summary>What a graph returns under a name.</summary>
    /// <returns>Null where nothing makes it, or what does was faulty, which has been said.</returns>
    public Value? Output(string name)
    {
        if (lists.Holds(name)) report.Add(Faults.HostOnly(name, "the graph's output", "sequences or optional values"));
        return values.GetValueOrDefault(name);
    }

    public void Add(OnnxNode node)
    {
        if (RunsGraphs(node) || !IsKnown(node)) return;
        if (node.Inputs.Any(name => name != "" && !values.ContainsKey(name) && !lists.Holds(name)))
        {
            // What it reads is faulty, which has been said; its own attributes may be too.
            if (Raise.Find(node) is null && Find(node) is { } type) report.Try(() => AttributeReader.Read(node, type));
            return;
        }
        if (node is { OpType: "Constant", Domain: "" })
        {
            if (report.Try(() => ConstantNode.Read(node, tensors)) is { } contents && node.Outputs is [not "" and var name, ..]) values[name] = contents.AsWeight(name);
            return;
        }
        try
        {
            if (lists.Takes(node)) foreach (var plain in lists.Fold(node)) Add(plain with { Name = node.Name });
            else if (Raise.Find(node) is { } raise) foreach (var newer in raise.Apply(node, scope))
                if (IsKnown(newer)) Add(newer with { Name = node.Name });
                else report.Add(Faults.UnknownOperator(newer.OpType, newer.Domain, node.Opset, node.Where, node.Where, Nearest(newer.OpType)));
            else Build(node);
        }
        catch (DiagnosticException e) { report.Add(e.Diagnostics); }
        catch (TypeException e) { report.Add(Faults.OldForm(node.Where, node.OpType, node.Opset, e.Message)); }
    }

    private void Build(OnnxNode node)
    {
        var op = AttributeReader.Read(node, Find(node)!);
        var operands = Trimmed(node.Inputs).Select(name => name == "" ? null : values[name]).ToArray();
        var wanted = Trimmed(node.Outputs).ToArray();
        if (wanted is []) return;
        // Results that nobody wants are named here, for a name of the model may look like one that the builder would choose.
        var first = wanted.First(name => name != "");
        var results = Enumerable.Range(0, Math.Max(MostUnwanted, wanted.Length)).Select(i => i < wanted.Length && wanted[i] != "" ? wanted[i] : names.Fresh($"{first}.{i}"));
        try
        {
            var made = builder.Add([.. results], op, [.. operands]);
            if (made.Count < wanted.Length) report.Add(Faults.TooManyResults(node.Where, node.OpType, made.Count, wanted.Length));
            foreach (var result in made) values.TryAdd(result.Name, result);
        }
        catch (TypeException e)
        {
            report.Add(Faults.Misfit(node.Where, e.Message, string.Join(", ", operands.Select(v => v is null ? "none" : $"{v} {v.Type}"))));
        }
        catch (Exception e) when (e is not DiagnosticException)
        {
            throw new InvalidOperationException($"{node.Where} ({op} of {string.Join(", ", operands.Select(v => v?.Type.ToString() ?? "none"))}): {e.Message}", e);
        }
    }

    private static IEnumerable<string> Trimmed(Seq<string> names) => names.Take(names.Select((name, i) => name == "" ? 0 : i + 1).DefaultIfEmpty().Max());

    private static bool RunsGraphs(OnnxNode node) => node.Domain == "" && node.OpType is "If" or "Loop" or "Scan" || Subgraphs.Of(node.Attributes.Values).Any() && Raise.Find(node) is null && !ListValues.Knows(node);

    private static bool IsKnown(OnnxNode node) => node is { OpType: "Constant", Domain: "" } || ListValues.Knows(node) || Raise.Find(node) is not null || Find(node) is not null;

    /// <summary>The operator by ONNX's name alone; the text's verbs are not for models.</summary>
    private static Type? Find(OnnxNode node) => node.Domain == "" && Operators.Find(node.OpType) is { } type && type.Name == node.OpType ? type : null;

    private static string Nearest(string op) => Spelling.Nearest(op, Operators.All.Select(t => t.Name).Append("Constant").Concat(Raise.Names).Distinct(StringComparer.Ordinal));
}
