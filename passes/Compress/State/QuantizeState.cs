using System.ComponentModel;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Stores what a model keeps from run to run, such as the keys and values of attention, in few bits: the input that a run takes and the output that it leaves become
/// codes and a scale for each row (of each token and head). What a run adds is coded as it comes; what reads the state decodes it where it multiplies.
/// </summary>
/// <param name="Format">i8, u8, i4, u4, i2 or u2; <c>group=16</c> divides rows, <c>scales=f16</c> stores scales so. Unsigned codes have a zero point, too.</param>
[Description("stores states (keys and values of attention) in few bits, in the interface too: quantize_state(format=\"i8 scales=f16\")")]
public sealed record QuantizeState(Encoding Format) : GraphPass
{
    /// <summary>A row is at least as long: a scale for fewer numbers saves little.</summary>
    private const long Shortest = 8;

    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;

    // Others look for the model's own inputs.
    public override Seq<string> After => ["quantize", "prune", "factorize", "drop_blocks", "share_blocks", "slice_stream"];

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        var format = Uniform();
        var states = new Dictionary<Value, int>();
        foreach (var output in graph.Outputs)
            if (Source(graph, output) is var (input, channel) && !states.ContainsKey(input))
            {
                if (Why(input, channel, format) is { } why) compilation.Notes.Add(Name, input.Name, $"{input} stays {input.Type.Encoding}: {why}");
                else states[input] = channel;
            }
        if (states.Count == 0)
        {
            compilation.Notes.Add(Name, graph.Outputs[0].Name, "the model has no state that can be stored so: an input that an output is made of by setting rows beside it, or in their place");
            return graph;
        }
        var rewriting = new StateRewriting(graph, format, states, Reached(graph, states), compilation);
        foreach (var loss in rewriting.Losses(Name)) compilation.States.Add(loss);
        return rewriting.Result;
    }

    /// <exception cref="DiagnosticException">LT3246: a run cannot store states so.</exception>
    private Uniform Uniform()
    {
        var format = Format is Dense { Kind: var kind } && Code.Parse(kind.Text) is { } code ? new Uniform(code) : Format as Uniform;
        return format is { Axis: -1, Group: not 1, Word.Bits: 2 or 4 or 8, Scales: Scalar.F32 or Scalar.F16 or Scalar.BF16 } ? format
            : throw new DiagnosticException([new("LT3246", $"{Name}: no run can store a state as {Format}", "", "format=\"i8 scales=f16\", or u8, i4, u4, i2, u2; group=16 divides rows; scales are f32, f16 or bf16")]);
    }

    /// <summary>Why a state stays as it is; null where it need not.</summary>
    private static string? Why(Value input, int channel, Uniform format)
    {
        var row = input.Type.Shape[channel].Whole;
        return row < Shortest ? $"a row has {row} numbers, a scale for so few saves little"
            : format.Group > 0 && (channel != input.Type.Rank - 1 || row % format.Group != 0) ? $"groups of {format.Group} do not divide its rows of {row} along axis {channel}"
            : format.Word.Bits < 8 && (channel != input.Type.Rank - 1 || row * format.Word.Bits % 8 != 0) ? $"rows of {row} along axis {channel} do not end with whole bytes of {format.Word}" : null;
    }

    /// <summary>
    /// The input that an output is the state of, and the axis of its rows: the last along which every step between leaves places where they are. Null where it is none's.
    /// Of several the one of the output's shape, else the one whose places come first: what a run adds stands behind.
    /// </summary>
    private (Value Input, int Channel)? Source(Graph graph, Value output)
    {
        var makers = graph.Makers;
        for (var channel = output.Type.Rank - 1; channel >= Math.Max(1, output.Type.Rank - 2) && output.Type.Rank >= 3; channel--)
        {
            var inputs = graph.Inputs.Where(v => v.Type.Rank == output.Type.Rank && StateMoves.IsRows(v.Type, channel) && v.Type.Shape.Zip(output.Type.Shape).Count(p => p.First != p.Second) <= 1).ToDictionary(v => v, _ => channel);
            if (inputs.Count > 0 && Found(output) is { Count: > 0 } found) return (found.Find(v => v.Type.Shape.SequenceEqual(output.Type.Shape)) ?? found[0], channel);

            List<Value> Found(Value value) => inputs.ContainsKey(value) ? value == output ? [] : [value]
                : makers.GetValueOrDefault(value) is { } node && (value != output || ActsOn(node)) && StateMoves.Of(node, channel) is { } moved ? [.. moved.SelectMany(Found)] : [];
        }
        return null;
    }

    /// <summary>The values on the way from states to outputs, and the axes of their rows.</summary>
    private Dictionary<Value, int> Reached(Graph graph, Dictionary<Value, int> states)
    {
        var coded = new Dictionary<Value, int>(states);
        var makers = new Dictionary<Value, (Node Node, IReadOnlyList<Value> Moved)>();
        foreach (var node in graph.Nodes)
            if (node.Results is [var result] && node.Reads.FirstOrDefault(coded.ContainsKey) is { } carried && StateMoves.Of(node, coded[carried]) is { } moved && moved.Any(coded.ContainsKey))
                (coded[result], makers[result]) = (coded[carried], (node, moved));
        var wanted = new HashSet<Value>();
        foreach (var output in graph.Outputs)
            if (Source(graph, output) is var (input, channel) && states.TryGetValue(input, out var known) && known == channel) Want(output);
        return coded.Where(p => wanted.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value);

        void Want(Value value)
        {
            if (!coded.ContainsKey(value) || !wanted.Add(value) || !makers.TryGetValue(value, out var made)) return;
            foreach (var operand in made.Moved) Want(operand);
        }
    }
}
