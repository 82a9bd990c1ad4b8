using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Which products of a graph are written as MatMulNBits, and what need not be written then.</summary>
internal sealed class NBitsProductForms
{
    private readonly Dictionary<Node, NBitsForm> products = [];
    private readonly Dictionary<Value, NBitsForm> forms = [];
    private readonly HashSet<NBitsForm> begun = [];
    private readonly HashSet<Node> dropped = [];
    private readonly HashSet<Value> kept;

    /// <param name="steps">Of the graph, groups taken apart.</param>
    public NBitsProductForms(Graph graph, IReadOnlyList<Node> steps)
    {
        var makers = steps.SelectMany(s => s.Results.Select(r => (r, s))).ToDictionary(p => p.r, p => p.s);
        foreach (var step in steps)
        {
            if (IsAcross(step) is not { } across) continue;
            var weight = step.Operands[1]!;
            if (!forms.TryGetValue(weight, out var form) && NBitsForm.Of(weight, across, makers.GetValueOrDefault) is { } made) forms[weight] = form = made;
            if (form is not null && form.IsAcross == across) products[step] = form;
        }
        // A table that a step takes rows of too is stored once, for both.
        var readers = steps.SelectMany(s => s.Reads).Concat(graph.Outputs).CountBy(v => v).ToDictionary();
        foreach (var shared in products.GroupBy(p => p.Key.Operands[1]!).Where(g => readers[g.Key] > g.Count()).SelectMany(g => g).ToList()) products.Remove(shared.Key);
        // What nothing reads any more: codes behind DequantizeLinear, and what widens their scales.
        kept = [.. graph.Outputs];
        foreach (var step in steps.Reverse())
        {
            if (step.Op is DequantizeLinear or Ir.Ops.Cast && !step.Results.Any(kept.Contains)) dropped.Add(step);
            else kept.UnionWith(products.ContainsKey(step) ? step.Reads.Where(v => v != step.Operands[1]) : step.Reads);
        }
    }

    public bool Any => products.Count > 0;

    /// <summary>The arrays of all of them.</summary>
    public IEnumerable<TensorProto> Weights => products.Values.Distinct().SelectMany(form => form.Weights());

    /// <summary>Whether a weight is read as it is, too.</summary>
    public bool Keeps(Value weight) => kept.Contains(weight);

    /// <summary>What stands in place of a step; null where it stays. Asked once for each, in their order.</summary>
    public IEnumerable<NodeProto>? Of(Node step)
    {
        if (dropped.Contains(step)) return [];
        if (!products.TryGetValue(step, out var form)) return null;
        var bias = step.Operands.Count > 2 ? step.Operands[2]?.Name ?? "" : "";
        return [.. begun.Add(form) ? form.Steps() : [], form.Product(step.Operands[0]!.Name, bias, step.Result.Name)];
    }

    /// <summary>Whether a product sums over its weight's first axis; null where it is none that MatMulNBits says.</summary>
    private static bool? IsAcross(Node step) => step.Op switch
    {
        MatMul when step.Operands[0]!.Type is { Rank: >= 2, Scalar: Scalar.F32 } => true,
        Gemm { Alpha: 1, Beta: 1, TransA: false } gemm when step.Operands[0]!.Type.Scalar == Scalar.F32 && (step.Operands.Count < 3 || step.Operands[2] is null or { Type.Rank: 1 } && step.Operands[2]!.Type.Shape[0] == step.Result.Type.Shape[1]) => !gemm.TransB,
        _ => null,
    };
}
