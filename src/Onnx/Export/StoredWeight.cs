using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Onnx;

/// <summary>A weight in a format of ours as ONNX stores it: constants, and the steps that read numbers back from them.</summary>
internal static class StoredWeight
{
    /// <summary>The steps whose last result, of f32 and of the weight's name, stands for it; null where ONNX has no form that says the same.</summary>
    public static Seq<Node>? Of(Value weight) => weight.Type.Encoding switch
    {
        Narrow => [Step(weight, new Ir.Ops.Cast(Scalar.F32), new Value($"{weight.Name}.q", new(weight.Type.Shape, weight.Type.Encoding.Planes(weight.Type.Shape)[0].Scalar), [weight.Planes[0]]))],
        Stepped { Word: var word, Scale: var scale, Zero: var zero } when Codes(weight, word) is { } codes =>
            [Step(weight, new DequantizeLinear(), codes, Number($"{weight.Name}.scale", Scalar.F32, scale), Number($"{weight.Name}.zero", codes.Type.Scalar, zero))],
        Uniform { Scales: Scalar.F32 or Scalar.F16 or Scalar.BF16 } uniform when Codes(weight, uniform.Word) is { } codes => Linear(weight, uniform, codes),
        _ => null,
    };

    /// <summary>A constant with one number.</summary>
    public static Value Number(string name, Scalar kind, float number) => new(name, new([], kind), [Numbers.Pack(kind, [number])]);

    /// <summary>A scale for each index of an axis, or for each block along one. Narrow scales are widened by a step: ONNX Runtime 1.30 multiplies in the kind of the scales whatever output_dtype says.</summary>
    private static Seq<Node> Linear(Value weight, Uniform format, Value codes)
    {
        var partition = format.Partition(weight.Type.Shape);
        var parameters = format.Planes(weight.Type.Shape).Zip(weight.Planes).Skip(1).Select(p => new Value($"{weight.Name}.{p.First.Name}", new(p.First.Shape, p.First.Scalar), [p.Second])).ToList();
        if (format.Scales == Scalar.F32) return [Read(parameters[0])];
        var wide = new Value($"{parameters[0].Name}.wide", new(parameters[0].Type.Shape, Scalar.F32));
        return [new(new Ir.Ops.Cast(Scalar.F32), [parameters[0]], [wide]), Read(wide)];

        Node Read(Value scale) => Step(weight, new DequantizeLinear(partition.Axis, partition.Group), [codes, scale, .. parameters.Skip(1)]);
    }

    private static Node Step(Value weight, Op op, params Seq<Value> operands) => new(op, [.. operands], [new(weight.Name, new(weight.Type.Shape, Scalar.F32))]);

    /// <summary>The codes as ONNX's kind of number; null where memory holds them in several parts.</summary>
    private static Value? Codes(Value weight, Code word)
    {
        if (Scalars.Parse(word.ToString()) is not { } kind || word.Planes(weight.Type.Shape).Count() != 1) return null;
        var plane = weight.Planes[0];
        return new($"{weight.Name}.q", new(weight.Type.Shape, kind), [word.Offset == 0 ? plane : Signed(plane, (byte)(word.Offset * 0xff / ((1 << word.Bits) - 1)))]);
    }

    /// <summary>Codes below a byte lie moved up by half their range: with the highest bit of each turned they are two's complement.</summary>
    private static Bytes Signed(Bytes plane, byte highest)
    {
        var turned = plane.ToArray<byte>();
        for (var i = 0; i < turned.Length; i++) turned[i] ^= highest;
        return Bytes.Of<byte>(turned);
    }
}
