using System.ComponentModel;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Reads a quantized model's pairs of QuantizeLinear and DequantizeLinear as types: a value between them is stored in the format that they say, and a weight behind
/// DequantizeLinear that such a value multiplies keeps its codes. Products of the two are then products of whole numbers.
/// </summary>
[Description("reads QuantizeLinear and DequantizeLinear as types of values and weights")]
public sealed record AdoptQuantized : GraphPass
{
    public override Stage Stage => Stage.Simplify;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        graph = graph.MapInside(region => Run(region, compilation));
        var makers = graph.Makers;
        var (stored, encoded, nodes) = (new Dictionary<Value, Value>(), new Dictionary<(Value, Encoding), Value>(), new List<Node>());
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(v => stored.GetValueOrDefault(v, v));
            if (step.Op is DequantizeLinear && node.Operands[0] is { } codes && makers.TryGetValue(codes, out var maker) && maker.Op is QuantizeLinear && !graph.Outputs.Contains(node.Result) && Format(maker, node) is { } format)
            {
                // The quantizing step stays for those that read its codes; nobody else keeps it.
                var source = maker.Operands[0] is { } x ? stored.GetValueOrDefault(x, x) : null!;
                if (!encoded.TryGetValue((source, format), out var value))
                {
                    encoded[(source, format)] = value = new(node.Result.Name, new(node.Result.Type.Shape, format));
                    nodes.Add(new(new Encode(format), [source], [value]));
                }
                stored[node.Result] = value;
                continue;
            }
            nodes.Add(step);
        }
        var adopted = graph with { Nodes = [.. nodes], Outputs = [.. graph.Outputs.Select(v => stored.GetValueOrDefault(v, v))] };
        return Weights(adopted, compilation);
    }

    /// <summary>Weights that encoded values are multiplied with keep their codes, and so do matrices in blocks that are multiplied, or that rows are taken of, where more than a few bytes are saved.</summary>
    private Graph Weights(Graph graph, Compilation compilation)
    {
        var (makers, readers) = (graph.Makers, graph.Nodes.SelectMany(n => n.Reads).Concat(graph.Outputs).CountBy(v => v).ToDictionary());
        var kept = new Dictionary<Value, Value>();
        foreach (var node in graph.Nodes)
        {
            var coded = node.Reads.Any(v => v.Type.Encoding is Stepped);
            foreach (var operand in node.Reads)
            {
                if (kept.ContainsKey(operand) || operand.Type.Rank < 2 || Read(operand, makers) is not var (maker, linear)) continue;
                var turned = maker.Result == operand ? null : operand;
                // Codes that others read straight would be stored twice.
                if ((!coded || turned is not null) && !IsReadInBlocks(node, operand, linear) || turned is not null && readers[maker.Result] > 1) continue;
                if (CodedWeight.Of(maker, linear, makers.GetValueOrDefault, turned) is not { } weight || !coded && Precompute.Pays(4 * operand.Type.Count, weight.Type.Encoding.Size(weight.Type.Shape), compilation.Objective)) continue;
                kept[operand] = weight;
                compilation.Notes.Add(Name, operand.Name, $"stays {weight.Type}");
            }
        }
        return kept.Count == 0 ? graph : graph.Map(v => kept.GetValueOrDefault(v, v)) is var mapped ? mapped with { Nodes = [.. mapped.Nodes.Where(n => !n.Results.Any(kept.ContainsValue))] } : graph;
    }

    /// <summary>The step that reads a weight's codes, straight or with its axes exchanged.</summary>
    private static (Node, DequantizeLinear)? Read(Value value, Dictionary<Value, Node> makers)
    {
        if (!makers.TryGetValue(value, out var maker)) return null;
        if (maker.Op is Transpose { Perm: [] or [1, 0] } && value.Type.Rank == 2 && maker.Operands[0] is { } straight && !makers.TryGetValue(straight, out maker)) return null;
        return maker.Op is DequantizeLinear linear ? (maker, linear) : null;
    }

    /// <summary>Whether a step multiplies a matrix in blocks along a sum, or takes rows of it.</summary>
    private static bool IsReadInBlocks(Node node, Value weight, DequantizeLinear linear)
    {
        if (linear.BlockSize == 0 || weight.Type.Rank != 2 || Formula.Of(node) is not { } formula || formula.ReadsOf(weight).ToList() is not [{ Outside: null } read]) return false;
        return formula.Reduces.ToList() is [{ Kind: ReduceKind.Sum } sum] && sum.Parts().Contains(read) || formula.Number == (Expr)read && read.At[0].Parts().Any(part => part is Load);
    }

    /// <summary>The format of a value that is quantized and read back with the same constants; null where they differ, or there is one for each channel.</summary>
    private static Stepped? Format(Node quantize, Node dequantize)
    {
        if (quantize.Operands[0]?.Type.Scalar != Scalar.F32 || dequantize.Result.Type.Scalar != Scalar.F32 || Code.Parse(quantize.Result.Type.Scalar.Text) is not { } code) return null;
        if (One(quantize.Operands[1]) is not { Real: > 0 and var scale } || One(dequantize.Operands[1])?.Real != scale) return null;
        var zero = Zero(quantize);
        return zero is null || zero != Zero(dequantize) ? null : new(code, (float)scale, zero.Value);
    }

    private static long? Zero(Node node) => node.Operands.Count < 3 || node.Operands[2] is not { } zero ? 0 : One(zero)?.Integer;

    private static Number? One(Value? value) => value is { IsWeight: true } && value.Type.Size is Number { Integer: 1 } ? value.Known?[0] as Number : null;
}
