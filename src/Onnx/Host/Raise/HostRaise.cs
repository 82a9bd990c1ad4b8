using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>A node on text that is said by nodes on numbers and by operators of the host. To add one, add a file here with a subclass: it is found by reflection.</summary>
internal abstract class HostRaise
{
    /// <summary>The domain of operators that only a program of the host holds.</summary>
    public const string Own = "lathe";

    public static Seq<HostRaise> Every { get; } = [.. typeof(HostRaise).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(HostRaise))).OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (HostRaise)Activator.CreateInstance(t)!)];

    /// <summary>The operators that it says.</summary>
    public abstract Seq<(string Domain, string Name)> Operators { get; }

    /// <summary>Whether it says a node on operands of these types.</summary>
    public abstract bool Takes(OnnxNode node, Seq<HostType?> x);

    /// <summary>The nodes that say it.</summary>
    /// <param name="x">Types of the operands; kinds and ranks may not be known yet.</param>
    public abstract Seq<OnnxNode> Apply(OnnxNode node, Seq<HostType?> x);

    /// <summary>What says a node; null where it stays as it is.</summary>
    public static HostRaise? Find(OnnxNode node, Seq<HostType?> x) => Every.FirstOrDefault(r => r.Operators.Contains((node.Domain, node.OpType)) && r.Takes(node, x));

    /// <summary>A use of an operator of the host.</summary>
    protected static OnnxNode Use(string op, OnnxNode of, Seq<string> inputs, Seq<string> outputs) => new(op, Own, of.Name, inputs, outputs, OnnxNode.NoAttributes, 1);

    /// <summary>A name for something on the way to a node's results.</summary>
    protected static string Inner(OnnxNode node, string what) => $"{node.Outputs.First(o => o != "")}/{what}";
}
