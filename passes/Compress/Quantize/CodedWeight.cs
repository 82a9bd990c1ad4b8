using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>A weight as a model's DequantizeLinear describes it, in a format of ours with the same codes and scales.</summary>
internal static class CodedWeight
{
    /// <summary>Null where no format says the same.</summary>
    /// <param name="maker">The step that makes a value: scales may be widened and shaped before they are used.</param>
    /// <param name="turned">A matrix that is read with its axes exchanged: what that makes. The weight is stored so.</param>
    public static Value? Of(Node step, DequantizeLinear linear, Func<Value, Node?> maker, Value? turned = null)
    {
        if (step.Operands[0] is not { IsWeight: true } codes || Plain(step.Operands[1], maker) is not { } scales || scales.Type.Scalar is not (Scalar.F32 or Scalar.F16 or Scalar.BF16) || step.Result.Type.Scalar != Scalar.F32) return null;
        if (Code.Parse(codes.Type.Scalar.Text) is not { } code) return null;
        var zeros = step.Operands.Count > 2 ? step.Operands[2] : null;
        if (zeros is { IsWeight: false }) return null;
        var numbers = Wholes(codes);
        var shifts = zeros is null ? [0] : Wholes(zeros);
        if (turned is not null && (codes.Type.Rank != 2 || linear.BlockSize == 0 || shifts.Length != 1 && shifts.Length != scales.Type.Count)) return null;
        var axis = (int)(linear.Axis < 0 ? linear.Axis + codes.Type.Rank : linear.Axis);
        if (scales.Type.Size is Number { Integer: 1 })
        {
            var format = new Stepped(code, (float)Constants.Read(scales)[0], shifts[0]);
            return format.Scale > 0 && scales.Type.Scalar == Scalar.F32 ? new(step.Result.Name, new(codes.Type.Shape, format), [.. code.Pack(numbers)]) : null;
        }
        // Unsigned codes of which all are moved down by half their range are signed ones.
        if (linear.BlockSize > 0 && !code.Signed && Array.TrueForAll(shifts, z => z == 1 << code.Bits - 1))
        {
            for (var i = 0; i < numbers.Length; i++) numbers[i] -= shifts[0];
            (code, shifts) = (code with { Signed = true }, [0]);
        }
        // Signed codes with zero points are the same as unsigned ones with theirs moved up.
        var moved = Array.TrueForAll(shifts, z => z == 0) ? 0 : code.Signed ? 1 << code.Bits - 1 : 0;
        var word = Array.TrueForAll(shifts, z => z == 0) ? code : code with { Signed = false };
        if (!word.Signed && word.Bits is not (8 or 4 or 2)) return null;
        var shape = codes.Type.Shape;
        var planeOfScales = scales.Planes[0];
        if (turned is not null)
        {
            var groups = scales.Type.Shape[1].Whole;
            (shape, axis, numbers) = ([shape[1], shape[0]], 1 - axis, Turned(numbers, shape[1].Whole));
            if (shifts.Length > 1) shifts = Turned(shifts, groups);
            planeOfScales = scales.Type.Scalar.Bits == 16 ? Bytes.Of<ushort>(Turned(planeOfScales.ToArray<ushort>(), groups)) : Bytes.Of<float>(Turned(planeOfScales.ToArray<float>(), groups));
        }
        // A zero point for each scale; -128 is a code of the model's, if not one that we choose.
        var uniform = new Uniform(word, linear.BlockSize > 0 && axis == shape.Count - 1 ? -1 : axis, linear.BlockSize, scales.Type.Scalar);
        Seq<Bytes> planes = [.. word.Pack([.. numbers.Select(n => n + moved)]), planeOfScales];
        if (!word.Signed) planes = [.. planes, Numbers.Pack(uniform.Parameters[1].Kind, [.. Enumerable.Range(0, (int)scales.Type.Count).Select(i => (float)(shifts[shifts.Length == 1 ? 0 : i] + moved))])];
        return new((turned ?? step.Result).Name, new(shape, uniform), planes);
    }

    /// <summary>A constant behind steps that give it another shape, or widen it: what is narrow stays so. Null where it is none.</summary>
    private static Value? Plain(Value? value, Func<Value, Node?> maker) => value switch
    {
        null or { IsWeight: true } => value,
        _ when maker(value) is { Op: Reshape } step && Plain(step.Operands[0], maker) is { } whole && value.Type.IsStatic => new(whole.Name, new(value.Type.Shape, whole.Type.Scalar), whole.Planes),
        _ when maker(value) is { Op: Ir.Ops.Cast } step && value.Type.Scalar == Scalar.F32 && step.Operands[0]?.Type.Scalar is Scalar.F16 or Scalar.BF16 => Plain(step.Operands[0], maker),
        _ => null,
    };

    /// <summary>A matrix with its rows as columns.</summary>
    private static T[] Turned<T>(T[] numbers, long columns)
    {
        var (all, rows) = (new T[numbers.Length], numbers.Length / (int)columns);
        for (var r = 0; r < rows; r++) for (var c = 0; c < columns; c++) all[c * rows + r] = numbers[r * columns + c];
        return all;
    }

    private static int[] Wholes(Value weight)
    {
        var all = new int[weight.Type.Count];
        var bytes = weight.Planes[0].Span(0, checked((int)weight.Planes[0].Length));
        for (var i = 0; i < all.Length; i++) all[i] = (int)Numbers.ReadWhole(weight.Type.Scalar, bytes, i);
        GC.KeepAlive(weight);
        return all;
    }
}
