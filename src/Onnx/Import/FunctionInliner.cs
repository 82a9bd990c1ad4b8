using System.Collections.Immutable;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Replaces calls of model-local functions by their bodies: names made unique, attribute references filled in.</summary>
internal sealed class FunctionInliner
{
    private const int MostNodes = 500_000, MostDeep = 100;
    private const long LastConsuming = 5;

    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> functions = [];
    private readonly Names names;
    private readonly Report report;
    private readonly List<OnnxNode> flat = [];

    public FunctionInliner(IEnumerable<FunctionProto> functions, Names names, Report report)
    {
        (this.names, this.report) = (names, report);
        foreach (var function in functions)
            if (!this.functions.TryAdd((Opsets.Domain(function.Domain), function.Name, function.Overload), function)) report.Add(Faults.FunctionTwice(function.Name));
    }

    /// <summary>The nodes with no call of a function left.</summary>
    public IReadOnlyList<OnnxNode> Inline(IEnumerable<NodeProto> nodes, Opsets opsets)
    {
        foreach (var node in nodes) Add(node, opsets, []);
        if (flat.Count <= MostNodes) return flat;
        report.Add(Faults.TooManyNodes(MostNodes));
        return [];
    }

    private void Add(NodeProto node, Opsets opsets, ImmutableStack<FunctionProto> active)
    {
        if (flat.Count > MostNodes) return;
        if (functions.TryGetValue((Opsets.Domain(node.Domain), node.OpType, node.Overload), out var function)) Call(node, function, active);
        else flat.Add(Read(node, opsets));
    }

    private OnnxNode Read(NodeProto node, Opsets opsets)
    {
        var attributes = OnnxNode.NoAttributes.ToBuilder();
        var read = new OnnxNode(node.OpType, Opsets.Domain(node.Domain), node.Name, [.. node.Input], [.. node.Output], OnnxNode.NoAttributes, opsets[node.Domain] ?? 0);
        // Up to opset 5 a node may say which operands it may overwrite.
        foreach (var attribute in node.Attribute.Where(a => a.Name != "consumed_inputs" || read.Domain != "" || read.Opset > LastConsuming))
            if (!attributes.TryAdd(attribute.Name, attribute)) report.Add(Faults.AttributeTwice(read.Where, node.OpType, attribute.Name));
        return read with { Attributes = attributes.ToImmutable() };
    }

    private void Call(NodeProto call, FunctionProto function, ImmutableStack<FunctionProto> active)
    {
        var where = call.Name != "" ? call.Name : function.Name;
        if (active.Contains(function) || active.Count() >= MostDeep)
        {
            report.Add(Faults.RecursiveFunction(string.Join(" → ", active.Reverse().Append(function).TakeLast(8).Select(f => f.Name)), where));
            return;
        }
        if (call.Input.Count > function.Input.Count) report.Add(Faults.FunctionArity(function.Name, "inputs", function.Input.Count, call.Input.Count, where));
        if (call.Output.Count > function.Output.Count) report.Add(Faults.FunctionArity(function.Name, "outputs", function.Output.Count, call.Output.Count, where));
        var declared = function.Attribute.Concat(function.AttributeProto.Select(a => a.Name)).ToHashSet(StringComparer.Ordinal);
        report.Add(call.Attribute.Where(a => !declared.Contains(a.Name)).Select(a => Faults.UnknownAttribute(where, function.Name, a.Name, string.Join(", ", declared.Order(StringComparer.Ordinal)))));

        var prefix = call.Name != "" ? call.Name : call.Output.FirstOrDefault(o => o != "") ?? function.Name;
        var body = new Body(function, call, name => names.Fresh($"{prefix}/{name}"));
        var opsets = new Opsets(function.OpsetImport);
        foreach (var node in function.Node)
        {
            var inner = body.Rename(node);
            inner.Name = node.Name == "" ? "" : $"{prefix}/{node.Name}";
            Add(inner, opsets, active.Push(function));
        }
        // An output that is an input as well needs a node of its own to carry the name.
        for (var i = 0; i < Math.Min(call.Output.Count, function.Output.Count); i++)
            if (call.Output[i] != "" && function.Input.IndexOf(function.Output[i]) is >= 0 and var input)
                flat.Add(OnnxNode.Of("Identity", [input < call.Input.Count ? call.Input[input] : ""], [call.Output[i]]) with { Name = call.Name });
    }

    /// <summary>One call's copy of a function's body.</summary>
    private sealed class Body
    {
        private readonly Dictionary<string, string> map = new(StringComparer.Ordinal) { [""] = "" };
        private readonly Dictionary<string, AttributeProto> attributes = new(StringComparer.Ordinal);
        private readonly Func<string, string> fresh;

        public Body(FunctionProto function, NodeProto call, Func<string, string> fresh)
        {
            this.fresh = fresh;
            for (var i = 0; i < function.Output.Count; i++) if (i < call.Output.Count && call.Output[i] != "") map[function.Output[i]] = call.Output[i];
            for (var i = 0; i < function.Input.Count; i++) map[function.Input[i]] = i < call.Input.Count ? call.Input[i] : "";
            foreach (var attribute in function.AttributeProto.Concat(call.Attribute)) attributes[attribute.Name] = attribute;
        }

        public NodeProto Rename(NodeProto node) => Rename(node, name => map.TryGetValue(name, out var known) ? known : map[name] = fresh(name));

        private NodeProto Rename(NodeProto node, Func<string, string> rename)
        {
            var copy = new NodeProto { Name = node.Name, OpType = node.OpType, Domain = node.Domain, Overload = node.Overload };
            copy.Input.AddRange(node.Input.Select(rename));
            copy.Output.AddRange(node.Output.Select(rename));
            foreach (var attribute in node.Attribute)
            {
                // A reference to an attribute that the caller leaves out leaves it out here too.
                if ((attribute.RefAttrName == "" ? attribute : attributes.GetValueOrDefault(attribute.RefAttrName)) is not { } value) continue;
                var own = value.Clone();
                own.Name = attribute.Name;
                if (own.G is not null) own.G = Rename(own.G, rename);
                for (var i = 0; i < own.Graphs.Count; i++) own.Graphs[i] = Rename(own.Graphs[i], rename);
                copy.Attribute.Add(own);
            }
            return copy;
        }

        private GraphProto Rename(GraphProto graph, Func<string, string> rename)
        {
            var (copy, own) = (graph.Clone(), Subgraphs.Made(graph));
            string Outer(string name) => own.Contains(name) ? name : rename(name);
            copy.Node.Clear();
            copy.Node.AddRange(graph.Node.Select(n => Rename(n, Outer)));
            foreach (var output in copy.Output) output.Name = Outer(output.Name);
            return copy;
        }
    }
}
