using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Onnx;

/// <summary>A graph whose types say how values are stored, in ONNX's words: DequantizeLinear and Cast behind constants, QuantizeLinear and DequantizeLinear around values.</summary>
public static class PlainGraph
{
    /// <summary>The graph that computes the same from plain types.</summary>
    /// <param name="decode">Whether a weight whose format ONNX has no form of becomes f32.</param>
    /// <param name="warn">Is told of each that does.</param>
    /// <exception cref="DiagnosticException">LT1401: formats that ONNX has no form of; LT1402: steps that it has none of.</exception>
    public static Graph Of(Graph graph, bool decode, Action<Diagnostic> warn)
    {
        var (faults, nodes, plain) = (new List<Diagnostic>(), new List<Node>(), new Dictionary<Value, Value>());
        foreach (var node in graph.Nodes.Where(n => n.Regions.Count > 0 || n.Op is not Encode && (Operators.Find(n.Op.GetType().Name) is null || IsOurs(n.Op))))
            faults.Add(Faults.NoOnnxStep(node));
        foreach (var node in graph.Nodes.Where(n => n.Op is Encode { To: var to } && (to is not Stepped { Word: var word } || Scalars.Parse(word.ToString()) is not (Scalar.U8 or Scalar.I8 or Scalar.U16 or Scalar.I16))))
            faults.Add(Faults.NoStoredForm(node.Result));
        foreach (var weight in graph.Weights.Where(w => w.Type.Encoding is not Dense))
        {
            if (StoredWeight.Of(weight) is { } steps)
            {
                nodes.AddRange(steps);
                plain[weight] = steps[^1].Result;
                continue;
            }
            if (!decode) faults.Add(Faults.NoStoredForm(weight));
            else
            {
                plain[weight] = new(weight.Name, new(weight.Type.Shape, Scalar.F32), [Bytes.Of<float>(Decoded.Of(weight))]);
                warn(Faults.Decoded(weight));
            }
        }
        if (faults.Count > 0) throw new DiagnosticException([.. faults]);
        nodes.AddRange(graph.Nodes.SelectMany(node => node is { Op: Encode { To: Stepped format } } ? Pair(Plainly(node), format) : [Plainly(node)]));
        return WholeProducts.Of(graph with { Nodes = [.. nodes], Outputs = [.. graph.Outputs.Select(Plain)] });

        Node Plainly(Node node) => node with { Operands = [.. node.Operands.Select(v => v is null ? null : Plain(v))], Results = [.. node.Results.Select(Plain)] };

        // A value in steps is real for those that read it.
        Value Plain(Value v) => plain.TryGetValue(v, out var other) ? other : v.IsWeight || v.Type.Encoding is not Stepped ? v : plain[v] = new(v.Name, new(v.Type.Shape, Scalar.F32));
    }

    private static bool IsOurs(Op op) => op.GetType().GetCustomAttributes(typeof(NotOfOnnxAttribute), false).Length > 0;

    private static IEnumerable<Node> Pair(Node node, Stepped format)
    {
        var (kind, name) = (Scalars.Parse(format.Word.ToString())!.Value, node.Result.Name);
        Value scale = StoredWeight.Number($"{name}.scale", Scalar.F32, format.Scale), zero = StoredWeight.Number($"{name}.zero", kind, format.Zero);
        var codes = new Value($"{name}.q", new(node.Result.Type.Shape, kind));
        yield return new(new QuantizeLinear(), [node.Operands[0], scale, zero], [codes]);
        yield return new(new DequantizeLinear(), [codes, scale, zero], [node.Result]);
    }
}
