namespace Lathe.Onnx;

/// <summary>An operator of another domain than ONNX's, said by a chain of standard ones.</summary>
/// <param name="domain">Where it is defined.</param>
/// <param name="operators">Its names there.</param>
internal abstract class ForeignForm(string domain, params Seq<string> operators) : Raise
{
    public override Seq<string> Operators => operators;
    public override Seq<string> Domains => [domain];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs.FirstOrDefault(o => o != "") ?? node.OpType, scope);
        Say(node, scope, chain);
        return chain.Nodes;
    }

    /// <summary>Adds nodes that make the results of the node.</summary>
    /// <exception cref="TypeException">This use cannot be said with standard operators.</exception>
    protected abstract void Say(OnnxNode node, RaiseScope scope, Chain chain);

    /// <summary>The name of a result; empty where nobody wants it.</summary>
    protected static string Result(OnnxNode node, int i) => i < node.Outputs.Count ? node.Outputs[i] : "";

    /// <summary>Names without the absent ones at the end.</summary>
    protected static Seq<string> Present(params Seq<string> names) => names.Count > 0 && names[^1] == "" ? Present(names[..^1]) : names;
}
