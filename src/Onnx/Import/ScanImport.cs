using Lathe.Ir.Ops;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>
/// Reads Scan as a loop: as many rounds as the scanned axis is long, each with a slice of every scanned input. ONNX Scan, opsets 8 to 25.
/// What is scanned from the end is turned around before or behind the loop; in opset 8, a loop over the batch stands around it.
/// </summary>
internal sealed class ScanImport(Importing import, RegionImport regions, OnnxNode node, GraphBuilder builder)
{
    public Seq<Value>? Scan(GraphProto body)
    {
        var batched = node.Opset < 9;
        if (batched && node.Input(0) != "") throw new DiagnosticException(Faults.OldForm(node.Where, "Scan", node.Opset, "lengths of sequences are not supported"));
        Seq<Value> operands = [.. node.Inputs.Skip(batched ? 1 : 0).Select(name => import.Values[name])];
        var scanned = (int)Math.Clamp(node.Int("num_scan_inputs", 0), 0, operands.Count);
        if (scanned == 0) throw new DiagnosticException(Faults.Misfit(node.Where, "a scan needs an input to scan", ""));
        var states = operands.Count - scanned;
        var (first, inputs, stacked) = (operands[..states], operands[states..], body.Output.Count - states);
        if (stacked < 0) throw new DiagnosticException(Faults.Misfit(node.Where, $"the body makes {body.Output.Count} values, there are {states} states", ""));
        Seq<long> Ints(string name, int count) => node.Ints(name) is { Count: > 0 } given ? given.Count == count ? given : throw new DiagnosticException(Faults.Misfit(node.Where, $"{name} must be {count} numbers, it is {given}", "")) : [.. Enumerable.Repeat(0L, count)];
        var (inDirections, outDirections) = (batched ? Ints("directions", scanned) : Ints("scan_input_directions", scanned), Ints("scan_output_directions", stacked));
        var (inAxes, outAxes) = (Ints("scan_input_axes", scanned), Ints("scan_output_axes", stacked));
        Seq<int> axes = [.. inputs.Select((v, i) => Axis(inAxes[i], v.Type.Rank))];
        if (!batched) return Over(builder, new LoopImport(import, regions, node, builder).Result, first, inputs);

        var outer = new LoopImport(import, regions, node, builder);
        var batch = operands[0].Type.Shape.FirstOrDefault() ?? throw new DiagnosticException(Faults.Misfit(node.Where, $"the first axis of {operands[0].Type} is the batch, it has none", ""));
        return outer.Add(outer.Result, Count(builder, operands[0], 0), null, [], (inside, round, going, _) =>
        {
            Seq<Value> Taken(Seq<Value> all) => [.. all.Select(v => inside.Add(import.Names.Fresh($"{v.Name}.one"), new Gather(), v, round))];
            string Name(int i) => import.Names.Fresh($"{outer.Result(i)}.one");
            return Over(inside, Name, Taken(first), Taken(inputs)) is { } made ? new(going, [], made) : null;
        });

        Seq<Value>? Over(GraphBuilder into, Func<int, string> result, Seq<Value> begin, Seq<Value> over)
        {
            over = [.. over.Select((v, i) => inDirections[i] == 0 ? v : Reversed(into, v, axes[i]))];
            var loop = new LoopImport(import, regions, node, into);
            // A result that is moved behind the loop leaves its name to what becomes of it.
            bool Moves(int i) => i >= states && (outDirections[i - states] != 0 || outAxes[i - states] != 0);
            var names = Enumerable.Range(0, states + stacked).Select(result).ToList();
            var made = loop.Add(i => Moves(i) ? import.Names.Fresh($"{names[i]}.stacked") : names[i], Count(into, over[0], axes[0]), null, begin, (inside, round, going, carried) =>
            {
                Seq<Value> slices = [.. over.Select((v, i) => inside.Add(import.Names.Fresh($"{v.Name}.slice"), new Gather(axes[i]), v, round))];
                if (regions.Nodes(body, node, inside, [.. carried, .. slices]) is not { } outputs) return null;
                return new(going, [.. outputs.Take(states).Select((state, i) => Held(inside, state, carried[i]))], outputs[states..], [.. body.Output.Take(states).Select(o => o.Type?.TensorType?.Shape)]);
            });
            return made is not { } all ? null : [.. all.Select((value, i) => !Moves(i) ? value : Moved(into, value, names[i], outDirections[i - states] != 0, Axis(outAxes[i - states], value.Type.Rank)))];
        }
    }

    private int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new DiagnosticException(Faults.Misfit(node.Where, $"there is no axis {axis} among {rank}", ""));

    /// <summary>The extent of an axis as a value.</summary>
    private Value Count(GraphBuilder into, Value value, int axis) => into.Add(import.Names.Fresh($"{value.Name}.count"), new Ir.Ops.Shape(axis, axis + 1), value);

    /// <summary>A state with the shape it came with: where nothing proves that it keeps it, as ONNX asks, a run checks it.</summary>
    private Value Held(GraphBuilder inside, Value state, Value before)
    {
        if (state.Type.Rank != before.Type.Rank || state.Type.Scalar != before.Type.Scalar || state.Type.Shape.Zip(before.Type.Shape).All(p => Linear.ProvesEqual(p.First, p.Second))) return state;
        foreach (var (axis, (after, extent)) in state.Type.Shape.Zip(before.Type.Shape).Index())
            if (!Linear.ProvesEqual(after, extent)) inside.Check(new(Expr.Same(after, extent), $"{node.Where}: axis {axis} of the state {before.Type} becomes {after}"));
        return inside.Add(import.Names.Fresh($"{state.Name}.held"), new Reshape(Allowzero: true), state, inside.Add(import.Names.Fresh($"{state.Name}.shape"), new Ir.Ops.Shape(), before));
    }

    private Value Wholes(string near, params Seq<long> numbers)
    {
        var weight = new Value(import.Names.Fresh(near), new([numbers.Count], Scalar.I64), [Bytes.Of(numbers.AsSpan())]);
        return import.Values[weight.Name] = weight;
    }

    private Value Reversed(GraphBuilder into, Value value, int axis) => into.Add(import.Names.Fresh($"{value.Name}.reversed"), new Slice(), value, Wholes("last", -1), Wholes("first", long.MinValue), Wholes("axis", axis), Wholes("step", -1));

    /// <summary>What was stacked along axis 0, from the end or along another axis.</summary>
    private Value Moved(GraphBuilder into, Value value, string name, bool reverse, int axis)
    {
        if (reverse) value = axis == 0 ? into.Add(name, new Slice(), value, Wholes("last", -1), Wholes("first", long.MinValue), Wholes("axis", 0), Wholes("step", -1)) : Reversed(into, value, 0);
        if (axis == 0) return value;
        Seq<long> order = [.. Enumerable.Range(1, value.Type.Rank - 1).Select(i => (long)i)];
        return into.Add(name, new Transpose([.. order[..axis], 0, .. order[axis..]]), value);
    }
}
