using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>What products read beside their weights.</summary>
public enum Activations
{
    /// <summary>Reals, as they are.</summary>
    Real,
    /// <summary>u8 with one scale and zero point from calibration.</summary>
    U8,
    /// <summary>i8 with one scale from calibration.</summary>
    I8,
    /// <summary>i8 with a scale for each row, found when the model runs.</summary>
    Dynamic,
    /// <summary>u8 with one scale and zero point, found when the model runs: ONNX DynamicQuantizeLinear.</summary>
    DynamicTensor,
    /// <summary><see cref="U8"/> where calibration saw the value, else <see cref="Dynamic"/>.</summary>
    Auto,
}

/// <summary>Stores the values that quantized weights are multiplied with as whole numbers, so that their products are of whole numbers.</summary>
/// <param name="least">Signal to noise in dB that one scale must keep of a value; what keeps less has outliers that cost the rest its precision, and stays real.</param>
internal sealed class ActivationCoding(Activations kind, double least, Compilation compilation)
{
    private const string Pass = "quantize";

    /// <summary>The graph with a coded form of each value that these weights are multiplied with; who reads the value reads that.</summary>
    /// <param name="uses">Of weights that are stored as codes by now.</param>
    public Graph Apply(Graph graph, IEnumerable<WeightUse> uses)
    {
        if (kind == Activations.Real) return graph;
        var wanted = uses.Where(use => use.Kind != WeightKind.Rows).Select(use => (use.Node.Result, Input: Unfolding.Of(use)?.Input, use.Kind)).ToList();
        var (coded, added) = (new Dictionary<Value, Value>(), new Dictionary<Value, Seq<Node>>());
        foreach (var group in wanted.Where(w => w.Input is { IsWeight: false, Type.Scalar: Scalar.F32, Type.Encoding: Dense }).GroupBy(w => w.Input!))
        {
            var (value, where) = (group.Key, group.First().Result.Name);
            Seq<Node> steps = kind is not (Activations.Dynamic or Activations.DynamicTensor) && compilation.Calibration?.Of(value.Name) is { } seen ? Static(value, seen)
                : kind == Activations.DynamicTensor && group.All(w => w.Kind == WeightKind.Product) ? Whole(value)
                : kind is Activations.Dynamic or Activations.Auto && group.All(w => w.Kind == WeightKind.Product) && IsRows(graph, value, group.Select(g => g.Result)) ? Rowwise(value) : [];
            if (steps.Count == 0)
            {
                if (kind is not (Activations.Dynamic or Activations.DynamicTensor) && compilation.Calibration?.Of(value.Name) is not null) continue;
                compilation.Notes.Add(Pass, where, $"{value} stays {value.Type.Encoding}: {(kind is Activations.U8 or Activations.I8 ? "calibration did not see it" : kind == Activations.DynamicTensor ? "a depthwise step reads it" : "it is not summed along rows")}");
                continue;
            }
            (coded[value], added[value]) = (steps[^1].Result, steps);
        }
        if (coded.Count == 0) return graph;
        Seq<Node> nodes = [.. graph.Inputs.Where(added.ContainsKey).SelectMany(v => added[v]), .. graph.Nodes.SelectMany(node => node.Map(Coded(node)) is var step ? (IEnumerable<Node>)[step, .. node.Results.Where(added.ContainsKey).SelectMany(v => added[v])] : [])];
        return graph with { Nodes = nodes };

        // A value that only exists coded saves most; rows' scales are of use to products alone.
        Func<Value, Value> Coded(Node node) => v => coded.TryGetValue(v, out var other) && !node.Results.Contains(v) && (other.Type.Encoding is Stepped || wanted.Exists(w => w.Result == node.Result)) ? other : v;
    }

    private Seq<Node> Static(Value value, ValueStatistics seen)
    {
        var (format, decibels) = ActivationRange.Of(seen, kind == Activations.I8);
        compilation.Notes.Add(Pass, value.Name, FormattableString.Invariant($"{value} as {format} keeps {decibels:0.0} dB of what calibration saw{(decibels < least ? FormattableString.Invariant($", {least:0.#} are asked for: it stays {value.Type.Encoding}") : "")}"));
        if (decibels < least) return [];
        return [new(new Encode(format), [value], [new($"{value.Name}.coded", new(value.Type.Shape, format))])];
    }

    /// <summary>Whether products sum a value along its last axis, of an extent that is known, and along no other.</summary>
    private static bool IsRows(Graph graph, Value value, IEnumerable<Value> results)
    {
        var makers = graph.Makers;
        return value.Type is { Rank: >= 1, Shape: [.., Number] } && results.All(result => makers.TryGetValue(result, out var node) && Formula.Of(node) is { } formula
            && formula.Reduces.All(sum => sum.Axes.Count == 1) && formula.ReadsOf(value).ToList() is [{ Outside: null } read] && formula.Reduces.Single().Axes[0] is var k && read.At[^1] == (Expr)k && !read.At.SkipLast(1).Any(e => e.Mentions(k)));
    }

    /// <summary>Codes with one scale and zero point.</summary>
    private static Seq<Node> Whole(Value value)
    {
        Value codes = new($"{value.Name}.codes", new(value.Type.Shape, Scalar.U8)), scale = new($"{value.Name}.scale", new([], Scalar.F32)), zero = new($"{value.Name}.zero", new([], Scalar.U8));
        return [new(new DynamicQuantizeLinear(), [value], [codes, scale, zero]), new(new DequantizeLinear(), [codes, scale, zero], [new($"{value.Name}.coded", new(value.Type.Shape, Scalar.F32))])];
    }

    /// <summary>Codes with a scale for each row: its largest magnitude is the last code.</summary>
    private static Seq<Node> Rowwise(Value value)
    {
        var builder = new GraphBuilder("rows", value);
        var extent = value.Type.Shape[^1].Whole;
        const float last = 127;
        var largest = builder.Add($"{value.Name}.largest", new ReduceMax(), builder.Add($"{value.Name}.magnitude", new Abs(), value), Constants.Wholes($"{value.Name}.along", -1));
        // A row of zeros has codes of 0 under any scale.
        var scale = builder.Add($"{value.Name}.scale", new Max(), builder.Add($"{value.Name}.step", new Mul(), largest, Constants.Of($"{value.Name}.share", new([], Scalar.F32), [1 / last])), Constants.Of($"{value.Name}.least", new([], Scalar.F32), [1e-30]));
        var codes = builder.Add($"{value.Name}.codes", new QuantizeLinear(Axis: -1, BlockSize: extent, OutputDtype: Scalar.I8), value, scale);
        builder.Add($"{value.Name}.coded", new DequantizeLinear(Axis: -1, BlockSize: extent), codes, scale);
        return [.. builder.Nodes];
    }
}
