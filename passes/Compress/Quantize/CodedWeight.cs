using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>A weight as a model's DequantizeLinear describes it, in a format of ours with the same codes and scales.</summary>
internal static class CodedWeight
{
    /// <summary>Null where no format says the same.</summary>
    public static Value? Of(Node step, DequantizeLinear linear)
    {
        if (step.Operands[0] is not { IsWeight: true } codes || step.Operands[1] is not { IsWeight: true } scales || scales.Type.Scalar is not (Scalar.F32 or Scalar.F16 or Scalar.BF16) || step.Result.Type.Scalar != Scalar.F32) return null;
        if (Code.Parse(codes.Type.Scalar.Text) is not { } code) return null;
        var zeros = step.Operands.Count > 2 ? step.Operands[2] : null;
        if (zeros is { IsWeight: false }) return null;
        var numbers = Wholes(codes);
        var shifts = zeros is null ? [0] : Wholes(zeros);
        var axis = (int)(linear.Axis < 0 ? linear.Axis + codes.Type.Rank : linear.Axis);
        if (scales.Type.Size is Number { Integer: 1 })
        {
            var format = new Stepped(code, (float)Constants.Read(scales)[0], shifts[0]);
            return format.Scale > 0 && scales.Type.Scalar == Scalar.F32 ? new(step.Result.Name, new(codes.Type.Shape, format), [.. code.Pack(numbers)]) : null;
        }
        // Signed codes with zero points are the same as unsigned ones with theirs moved up.
        var moved = Array.TrueForAll(shifts, z => z == 0) ? 0 : code.Signed ? 1 << code.Bits - 1 : 0;
        var word = Array.TrueForAll(shifts, z => z == 0) ? code : code with { Signed = false };
        if (!word.Signed && word.Bits is not (8 or 4 or 2)) return null;
        // A zero point for each scale; -128 is a code of the model's, if not one that we choose.
        var uniform = new Uniform(word, linear.BlockSize > 0 && axis == codes.Type.Rank - 1 ? -1 : axis, linear.BlockSize, scales.Type.Scalar);
        Seq<Bytes> planes = [.. word.Pack([.. numbers.Select(n => n + moved)]), scales.Planes[0]];
        if (!word.Signed) planes = [.. planes, Numbers.Pack(uniform.Parameters[1].Kind, [.. Enumerable.Range(0, (int)scales.Type.Count).Select(i => (float)(shifts[shifts.Length == 1 ? 0 : i] + moved))])];
        return new(step.Result.Name, new(codes.Type.Shape, uniform), planes);
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
