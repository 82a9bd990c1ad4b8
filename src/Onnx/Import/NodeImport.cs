namespace Lathe.Onnx;

/// <summary>Turns nodes into operators one after another: raised to their newest form, typed, and passed over where an operand could not be made.</summary>
internal sealed class NodeImport
{
    private const int MostUnwanted = 4;

    private readonly GraphBuilder builder;
    private readonly Importing import;
    private readonly RaiseScope scope;
    private readonly ListValues lists;
    private readonly ControlFlow control;
    private readonly Measuring measuring;

    /// <param name="builder">Takes the nodes.</param>
    /// <param name="import">Inputs and weights by name; what nodes make is added.</param>
    /// <param name="names">What names mean in the graph, for graphs inside.</param>
    /// <param name="depth">Graphs around this one.</param>
    public NodeImport(GraphBuilder builder, Importing import, Scope names, int depth)
    {
        (this.builder, this.import) = (builder, import);
        (control, measuring) = (new(import, new(import, names, depth)), new(import, builder));
        scope = new(name => Values.GetValueOrDefault(name), weight => Values.Add(weight.Name, weight), import.Names, import.Tensors);
        lists = new(scope);
    }

    private Dictionary<string, Value> Values => import.Values;
    private Report Report => import.Report;

    /// <summary>Notes every node that cannot be compiled whatever its operands are, each operator once.</summary>
    public static void CheckOperators(IReadOnlyList<OnnxNode> nodes, Report report)
    {
        foreach (var use in nodes.Where(n => !IsKnown(n) || IsOwn(n)).GroupBy(n => (n.OpType, n.Domain, n.Opset)))
        {
            var (op, domain, opset) = use.Key;
            var all = use.Select(n => n.Where).ToList();
            if (HostList.CarriedBy(domain, op) is { } carried) report.Add(all.Select(where => Faults.HostOnly(where, op, carried)));
            else report.Add(Faults.UnknownOperator(op, domain, opset, (all.Count > 1 ? $"{all.Count} nodes: " : "") + Names.Some(all), all[0], Nearest(op)));
        }
        foreach (var node in nodes.Where(n => n.Opset == 0 && n.Domain == "").Take(1)) report.Add(Faults.NoOpset(node.Domain, node.Where));
    }

    /// <summary>What a graph returns under a name.</summary>
    /// <returns>Null where nothing makes it, or what does was faulty, which has been said.</returns>
    public Value? Output(string name)
    {
        if (lists.Holds(name)) Report.Add(Faults.HostOnly(name, "the graph's output", "sequences or optional values"));
        return Values.GetValueOrDefault(name);
    }

    public void Add(OnnxNode node)
    {
        if (!IsKnown(node)) return;
        if (node.Inputs.Any(name => name != "" && !Values.ContainsKey(name) && !lists.Holds(name)))
        {
            // What it reads is faulty, which has been said; its own attributes may be too.
            if (Raise.Find(node) is null && Find(node) is { } type) Report.Try(() => AttributeReader.Read(node, type));
            return;
        }
        if (node is { OpType: "Constant", Domain: "" })
        {
            if (node.Outputs is [not "" and var name, ..] && Report.Try(() => ConstantNode.Read(node, import.Tensors).AsWeight(name)) is { } weight) Values[name] = weight;
            return;
        }
        try
        {
            if (lists.Takes(node)) foreach (var plain in lists.Fold(node)) Add(plain with { Name = node.Name });
            else if (ControlFlow.Runs(node)) control.Add(node, builder);
            else if (Raise.Find(node) is { } raise) foreach (var newer in raise.Apply(node, scope))
                if (IsKnown(newer)) Add(newer with { Name = node.Name });
                else Report.Add(Faults.UnknownOperator(newer.OpType, newer.Domain, node.Opset, node.Where, node.Where, Nearest(newer.OpType)));
            else Build(node);
        }
        catch (DiagnosticException e) { Report.Add(e.Diagnostics); }
        catch (TypeException e) { Report.Add(Faults.OldForm(node.Where, node.OpType, node.Opset, e.Message)); }
    }

    private void Build(OnnxNode node)
    {
        var op = AttributeReader.Read(node, Find(node)!);
        var operands = Trimmed(node.Inputs).Select(name => name == "" ? null : Values[name]).ToArray();
        var wanted = Trimmed(node.Outputs).ToArray();
        if (wanted is []) return;
        // Results that nobody wants are named here, for a name of the model may look like one that the builder would choose.
        var first = wanted.First(name => name != "");
        Seq<string> names = [.. Enumerable.Range(0, Math.Max(MostUnwanted, wanted.Length)).Select(i => i < wanted.Length && wanted[i] != "" ? wanted[i] : import.Names.Fresh($"{first}.{i}"))];
        try
        {
            for (var tries = 0; tries < operands.Length; tries++)
            {
                // Operands that decide types must be known; where a run alone can tell their numbers, those get names.
                try { op.Infer(GraphBuilder.Operands([.. operands])); }
                catch (ContentsException e) when (operands[e.Operand] is { } unknown && measuring.Of(unknown, e, operands[0]) is { } known)
                {
                    operands[e.Operand] = known;
                    continue;
                }
                catch (Exception e) when (e is TypeException or OverflowException) { } // said below
                break;
            }
            var sized = op.Sized(GraphBuilder.Operands([.. operands]));
            var made = builder.Add([.. names.Select((name, i) => sized.Any(s => s.Result == i) ? import.Names.Fresh($"{name}.all") : name)], op, [.. operands]);
            if (made.Count - (sized.Count > 0 ? 1 : 0) < wanted.Length) Report.Add(Faults.TooManyResults(node.Where, node.OpType, made.Count - (sized.Count > 0 ? 1 : 0), wanted.Length));
            foreach (var result in made) Values.TryAdd(result.Name, result);
            measuring.Cut(sized, made, names);
        }
        catch (TypeException e)
        {
            Report.Add(Faults.Misfit(node.Where, e.Message, string.Join(", ", operands.Select(v => v is null ? "none" : $"{v} {v.Type}")), e.Remedy));
        }
        catch (Exception e) when (e is not DiagnosticException)
        {
            throw new InvalidOperationException($"{node.Where} ({op} of {string.Join(", ", operands.Select(v => v?.Type.ToString() ?? "none"))}): {e.Message}", e);
        }
    }

    private static IEnumerable<string> Trimmed(Seq<string> names) => names.Take(names.Select((name, i) => name == "" ? 0 : i + 1).DefaultIfEmpty().Max());

    private static bool IsKnown(OnnxNode node) => ControlFlow.Runs(node) || node is { OpType: "Constant", Domain: "" } || ListValues.Knows(node) || Raise.Find(node) is not null
        || !Subgraphs.Of(node.Attributes.Values).Any() && Find(node) is not null;

    /// <summary>Whether a node names an operator that only importing makes.</summary>
    private static bool IsOwn(OnnxNode node) => Find(node)?.IsDefined(typeof(NotOfOnnxAttribute), false) ?? false;

    /// <summary>The operator by ONNX's name alone; the text's verbs are not for models.</summary>
    private static Type? Find(OnnxNode node) => Operators.Find(node.Domain, node.OpType) is { } type && !type.IsSubclassOf(typeof(BindingOp)) ? type : null;

    private static string Nearest(string op) => Spelling.Nearest(op, Operators.All.Select(t => t.Name).Append("Constant").Concat(Raise.Names).Distinct(StringComparer.Ordinal));
}
