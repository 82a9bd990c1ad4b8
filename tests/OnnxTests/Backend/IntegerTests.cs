using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using Lathe.Testing;

namespace Lathe.OnnxTests.Backend;

/// <summary>Models of whole numbers: machine code gives every one of them as ONNX defines it, node by node, and not only at the model's end.</summary>
public sealed class IntegerTests
{
    /// <param name="name">Of a model.</param>
    /// <param name="ties">Share of numbers that may be a step off: f32 sums between DequantizeLinear and QuantizeLinear, whose order ONNX leaves open, that end halfway between two codes.</param>
    [SharedModelsTheory]
    [InlineData("micro_kws_m_static_qoperator", 0)]
    [InlineData("qlstm", 0)]
    [InlineData("micro_kws_m_static_qdq", 0.005)]
    public void Every_integer_tensor_is_the_definitions(string name, double ties)
    {
        var graph = OnnxModel.Load(SharedModels.PathOf(name)).Graph;
        var wholes = graph.Nodes.SelectMany(n => n.Results).Where(v => v.Type.Encoding is Dense { Kind: Scalar.I8 or Scalar.U8 or Scalar.I32 }).Except(graph.Outputs).ToList();
        Assert.True(wholes.Count >= 5, $"{wholes.Count} values are whole numbers");
        Tensor[] inputs = [.. graph.Inputs.Select((_, i) => Npy.Read(Path.Combine(Path.GetDirectoryName(SharedModels.PathOf(name))!, $"input_{i}.npy")))];

        var program = Compilation.Run(graph with { Outputs = [.. graph.Outputs, .. wholes] }, MachineTable.Of(CpuTarget.Host));
        var made = NativeRunner.Run(program, inputs);

        // Each from those that were made before it, so that a tie counts where it falls and not once more behind it.
        var known = graph.Inputs.Zip(inputs).ToDictionary(p => p.First, p => p.Second);
        foreach (var (value, tensor) in wholes.Zip(made.Skip(graph.Outputs.Count)))
        {
            var part = Until(graph, value, known);
            var defined = Interpreter.Run(part, [.. part.Inputs.Select(v => known[v])])[0];
            var (x, y) = (defined.ToDoubles(), tensor.ToDoubles());
            var off = x.Zip(y, (a, b) => Math.Abs(a - b)).Where(d => d > 0).ToList();
            Assert.True(off.Count <= ties * x.Length && off.TrueForAll(d => d == 1), $"{value}: {off.Count} of {x.Length} differ, by {off.DefaultIfEmpty().Max()}");
            known[value] = tensor;
        }
    }

    /// <summary>What makes a value out of known ones.</summary>
    private static Graph Until(Graph graph, Value value, Dictionary<Value, Tensor> known)
    {
        var (wanted, nodes) = (new HashSet<Value> { value }, new List<Node>());
        foreach (var node in graph.Nodes.Reverse().Where(n => n.Results.Any(r => wanted.Contains(r) && !known.ContainsKey(r))))
        {
            nodes.Insert(0, node);
            wanted.UnionWith(Reads(node));
        }
        return new("part", [.. known.Keys.Where(wanted.Contains)], [.. nodes], [value]);
    }

    private static IEnumerable<Value> Reads(Node node) => node.Reads.Concat(node.Regions.SelectMany(r => r.Nodes).SelectMany(Reads));
}
