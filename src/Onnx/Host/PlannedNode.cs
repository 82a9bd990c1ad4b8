using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>A node on its way into a program: the host's, or part of what is compiled.</summary>
/// <param name="Operator">Of the host; null where it is compiled.</param>
internal sealed record PlannedNode(OnnxNode Node, HostOperator? Operator)
{
    /// <summary>Names that it, or a graph inside, reads.</summary>
    public IEnumerable<string> Reads => Node.Inputs.Concat(Subgraphs.Captured(Node.Attributes.Values)).Where(name => name != "").Distinct(StringComparer.Ordinal);

    public IEnumerable<string> Makes => Node.Outputs.Where(name => name != "");
}
