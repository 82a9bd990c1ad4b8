using System.Collections.Immutable;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A node on its way from the file to the graph: functions inlined, old forms being raised.</summary>
/// <param name="Domain">Empty for the standard operators.</param>
/// <param name="Name">As the file names it; may be empty.</param>
/// <param name="Inputs">Names of values; empty for an absent one.</param>
/// <param name="Outputs">Names of values; empty for one that nobody wants.</param>
/// <param name="Opset">The version of the domain that the node is written in.</param>
internal sealed record OnnxNode(string OpType, string Domain, string Name, Seq<string> Inputs, Seq<string> Outputs, ImmutableSortedDictionary<string, AttributeProto> Attributes, long Opset)
{
    public static readonly ImmutableSortedDictionary<string, AttributeProto> NoAttributes = ImmutableSortedDictionary.Create<string, AttributeProto>(StringComparer.Ordinal);

    /// <summary>A standard operator, as a raised form writes it.</summary>
    public static OnnxNode Of(string op, Seq<string> inputs, Seq<string> outputs, params (string Name, object Value)[] attributes) =>
        attributes.Aggregate(new OnnxNode(op, "", "", inputs, outputs, NoAttributes, Opsets.Newest), (node, a) => node.With(a.Name, a.Value));

    /// <summary>A node as the file holds it.</summary>
    public static OnnxNode Of(NodeProto node, string domain, long opset) =>
        new(node.OpType, domain, node.Name, [.. node.Input], [.. node.Output], NoAttributes.SetItems(node.Attribute.Select(a => KeyValuePair.Create(a.Name, a))), opset);

    /// <summary>The node as a file holds it.</summary>
    public NodeProto Proto
    {
        get
        {
            var proto = new NodeProto { OpType = OpType, Domain = Domain, Name = Name };
            proto.Input.AddRange(Inputs);
            proto.Output.AddRange(Outputs);
            proto.Attribute.AddRange(Attributes.Values);
            return proto;
        }
    }

    /// <summary>What to call the node in a message.</summary>
    public string Where => Name != "" ? Name : Outputs.FirstOrDefault(o => o != "") is { } output ? $"{OpType} making {output}" : OpType;

    /// <summary>The name of an operand; empty where it is absent.</summary>
    public string Input(int i) => i < Inputs.Count ? Inputs[i] : "";

    public bool Has(string attribute) => Attributes.ContainsKey(attribute);

    public long Int(string attribute, long otherwise) => Get(attribute, AttributeKind.Int)?.I ?? otherwise;
    public double Float(string attribute, double otherwise) => Get(attribute, AttributeKind.Float)?.F ?? otherwise;
    public string String(string attribute, string otherwise) => Get(attribute, AttributeKind.String)?.S.ToStringUtf8() ?? otherwise;
    public Seq<long>? Ints(string attribute) => Get(attribute, AttributeKind.Ints) is { } found ? [.. found.Ints] : null;
    public Seq<double>? Floats(string attribute) => Get(attribute, AttributeKind.Floats) is { } found ? [.. found.Floats.Select(f => (double)f)] : null;

    public Seq<string>? Strings(string attribute) => Get(attribute, AttributeKind.Strings) is { } found ? [.. found.Strings.Select(s => s.ToStringUtf8())] : null;
    /// <exception cref="TypeException">There is no such graph.</exception>
    public GraphProto Graph(string attribute) => Get(attribute, AttributeKind.Graph)?.G ?? throw new TypeException($"{attribute} is missing");
    public TensorProto? Tensor(string attribute) => Get(attribute, AttributeKind.Tensor)?.T;

    public OnnxNode Without(params IEnumerable<string> attributes) => this with { Attributes = Attributes.RemoveRange(attributes) };
    public OnnxNode With(string attribute, object value) => this with { Attributes = Attributes.SetItem(attribute, AttributeKinds.Make(attribute, value)) };

    /// <summary>The same node with an operand at a place, absent ones filled in before it.</summary>
    public OnnxNode WithInput(int place, string name)
    {
        var all = Inputs.Concat(Enumerable.Repeat("", Math.Max(0, place + 1 - Inputs.Count))).ToArray();
        all[place] = name;
        return this with { Inputs = [.. all] };
    }

    private AttributeProto? Get(string name, AttributeKind kind)
    {
        if (!Attributes.TryGetValue(name, out var attribute)) return null;
        return AttributeKinds.Fits(attribute, kind) ? attribute : throw new DiagnosticException(Faults.AttributeKind(Where, OpType, name, kind.Text(), AttributeKinds.Of(attribute).Text()));
    }
}
