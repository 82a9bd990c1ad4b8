using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Onnx;

/// <summary>
/// Products of values whose scale a run finds with weights of bytes, as ONNX says them on whole numbers: MatMulInteger of the codes, then the scales. ONNX Runtime multiplies
/// bytes so, and makes one kernel of it behind DynamicQuantizeLinear; behind DequantizeLinear both sides would be widened first.
/// </summary>
internal static class WholeProducts
{
    /// <summary>Codes, and what stands for them in f32.</summary>
    private sealed record Coded(Value Codes, Value Scale, Value? Zero);

    /// <param name="plain">Of plain types: codes stand in front of DequantizeLinear.</param>
    public static Graph Of(Graph plain)
    {
        var makers = plain.Nodes.SelectMany(s => s.Results.Select(r => (r, s))).ToDictionary(p => p.r, p => p.s);
        var turned = new Dictionary<Value, Value>();
        Value Across(Value codes) => turned.TryGetValue(codes, out var known) ? known : turned[codes] = Turned(codes);
        return plain with { Nodes = [.. plain.Nodes.SelectMany(step => Product(step, makers.GetValueOrDefault, Across) ?? [step])] };
    }

    /// <param name="turn">Codes with their axes exchanged.</param>
    private static Seq<Node>? Product(Node step, Func<Value, Node?> maker, Func<Value, Value> turn)
    {
        if (IsAcross(step) is not { } across || Rows(step.Operands[0]!, maker) is not { } left || Columns(step.Operands[1]!, across, maker) is not { } right) return null;
        var (name, shape, build) = (step.Result.Name, step.Result.Type.Shape, new GraphBuilder("product"));
        var codes = across ? right.Codes : turn(right.Codes);
        var sum = build.Add($"{name}.product.whole", new MatMulInteger(), left.Codes, codes, left.Zero, right.Zero);
        var real = build.Add($"{name}.product.real", new Ir.Ops.Cast(Scalar.F32), sum);
        // One scale of the whole value goes with those of the weight first, which is what ONNX Runtime looks for.
        var scaled = left.Scale.Type.Rank == 0 ? build.Add($"{name}.product.scaled", new Mul(), real, build.Add($"{name}.product.scale", new Mul(), left.Scale, right.Scale))
            : build.Add($"{name}.product.scaled", new Mul(), build.Add($"{name}.product.rows", new Mul(), real, left.Scale), right.Scale);
        if (step.Operands.Count > 2 && step.Operands[2] is { } bias) build.Add($"{name}.product.biased", new Add(), scaled, bias);
        return [.. build.Nodes.SkipLast(1), build.Nodes[^1] with { Results = step.Results }];
    }

    /// <summary>A value whose codes a run makes, with one scale for all or for each row.</summary>
    private static Coded? Rows(Value value, Func<Value, Node?> maker)
    {
        if (maker(value) is not { Op: DequantizeLinear linear } read || read.Operands[0] is not { IsWeight: false, Type.Scalar: Scalar.U8 or Scalar.I8 } codes || read.Operands[1] is not { IsWeight: false, Type.Scalar: Scalar.F32 } scale) return null;
        var zero = read.Operands.Count > 2 ? read.Operands[2] : null;
        if (scale.Type.Rank == 0) return new(codes, scale, zero);
        var last = value.Type.Rank - 1;
        var isRowwise = zero is null && (linear.Axis < 0 ? linear.Axis + value.Type.Rank : linear.Axis) == last && value.Type.Shape[last] is Ir.Number { Integer: var extent } && linear.BlockSize == extent && scale.Type.Rank == value.Type.Rank;
        return isRowwise ? new(codes, scale, null) : null;
    }

    /// <summary>A weight of bytes with a scale for each output, or one.</summary>
    private static Coded? Columns(Value value, bool across, Func<Value, Node?> maker)
    {
        if (maker(value) is not { Op: DequantizeLinear { BlockSize: 0 } linear } read || read.Operands[0] is not { IsWeight: true, Type: { Rank: 2, Scalar: Scalar.U8 or Scalar.I8 } } codes) return null;
        var (scale, zero) = (read.Operands[1]!, read.Operands.Count > 2 ? read.Operands[2] : null);
        if (scale.Type is not { Scalar: Scalar.F32, Rank: <= 1 } || scale.Type.Rank == 1 && (linear.Axis < 0 ? linear.Axis + 2 : linear.Axis) != (across ? 1 : 0)) return null;
        return new(codes, scale, zero);
    }

    /// <summary>Whether a product sums over its weight's first axis; null where it is none that MatMulInteger says.</summary>
    private static bool? IsAcross(Node step) => step.Op switch
    {
        MatMul when step.Operands[0]!.Type.Rank >= 2 => true,
        Gemm { Alpha: 1, Beta: 1, TransA: false } gemm => !gemm.TransB,
        _ => null,
    };

    private static Value Turned(Value codes)
    {
        var (rows, columns, from) = ((int)codes.Type.Shape[0].Whole, (int)codes.Type.Shape[1].Whole, codes.Planes[0].ToArray<byte>());
        var to = new byte[from.Length];
        for (var r = 0; r < rows; r++) for (var c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
        return new($"{codes.Name}.turned", new([columns, rows], codes.Type.Scalar), [Bytes.Of<byte>(to)]);
    }
}
