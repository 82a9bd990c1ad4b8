using Google.Protobuf;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A weight whose codes lie in blocks along the sum of products, as com.microsoft's MatMulNBits takes it: [outputs, blocks, bytes], low bits first, and a scale for each block.</summary>
/// <remarks>ONNX Runtime multiplies with such codes; behind DequantizeLinear it would widen all of them first, in every run.</remarks>
internal sealed class NBitsForm
{
    public const string Domain = "com.microsoft";

    /// <summary>Blocks that ONNX Runtime's kernels take: powers of two from here on.</summary>
    private const long LeastBlock = 16;

    private readonly Value codes, scales;
    private readonly Value? zeros;
    private readonly Node? widened;
    private readonly string name;
    private readonly long block;

    private NBitsForm(Node read, DequantizeLinear linear, bool across, Node? widened)
    {
        (name, block, IsAcross, this.widened) = (read.Result.Name, linear.BlockSize, across, widened);
        (codes, scales, zeros) = (read.Operands[0]!, widened?.Operands[0] ?? read.Operands[1]!, read.Operands.Count > 2 ? read.Operands[2] : null);
    }

    /// <summary>Whether products sum over the first axis.</summary>
    public bool IsAcross { get; }

    private int Bits => codes.Type.Scalar.Bits;
    private long Inputs => codes.Type.Shape[IsAcross ? 0 : 1].Whole;
    private long Outputs => codes.Type.Shape[IsAcross ? 1 : 0].Whole;

    /// <summary>The form of what a step reads; null where MatMulNBits has none for it.</summary>
    /// <param name="across">Whether the step sums over the first axis, as MatMul does.</param>
    /// <param name="maker">The step that makes a value.</param>
    public static NBitsForm? Of(Value? weight, bool across, Func<Value, Node?> maker)
    {
        if (weight is null || maker(weight) is not { Op: DequantizeLinear { OutputDtype: null } linear } read || linear.BlockSize < LeastBlock || !long.IsPow2(linear.BlockSize)) return null;
        if (read.Operands[0] is not { IsWeight: true, Type: { Rank: 2, Scalar: Scalar.I4 or Scalar.U4 or Scalar.I8 or Scalar.U8 } type }) return null;
        var axis = across ? 0 : 1;
        if ((linear.Axis < 0 ? linear.Axis + 2 : linear.Axis) != axis || type.Shape[axis].Whole % linear.BlockSize != 0) return null;
        var widened = maker(read.Operands[1]!) is { Op: Ir.Ops.Cast } cast ? cast : null;
        if ((widened?.Operands[0] ?? read.Operands[1]) is not { IsWeight: true, Type.Rank: 2 }) return null;
        // Signed codes that are moved have no form of their own there.
        return read.Operands.Count < 3 || read.Operands[2] is null || read.Operands[2] is { IsWeight: true } && !type.Scalar.IsSigned ? new(read, linear, across, widened) : null;
    }

    /// <summary>The product with it.</summary>
    /// <param name="x">What is multiplied, <paramref name="bias"/> what is added to each output; empty for nothing.</param>
    public NodeProto Product(string x, string bias, string result)
    {
        var node = new NodeProto { OpType = "MatMulNBits", Domain = Domain };
        string[] inputs = [x, $"{name}.nbits", widened is null ? $"{name}.scales" : $"{name}.scales.wide", zeros is null ? "" : $"{name}.zeros", "", bias];
        node.Input.AddRange(inputs.Reverse().SkipWhile(i => i == "").Reverse());
        node.Output.Add(result);
        node.Attribute.AddRange([AttributeKinds.Make("K", Inputs), AttributeKinds.Make("N", Outputs), AttributeKinds.Make("bits", Bits), AttributeKinds.Make("block_size", block)]);
        return node;
    }

    /// <summary>Steps that stand before the first product: narrow scales are widened, as MatMulNBits asks for the kind of what it multiplies.</summary>
    public IEnumerable<NodeProto> Steps()
    {
        if (widened is null) yield break;
        var node = new NodeProto { OpType = "Cast" };
        node.Input.Add($"{name}.scales");
        node.Output.Add($"{name}.scales.wide");
        node.Attribute.Add(AttributeKinds.Make("to", ElementKinds.Number(Scalar.F32)));
        yield return node;
    }

    /// <summary>The arrays.</summary>
    public IEnumerable<TensorProto> Weights()
    {
        var (blocks, offset) = (Inputs / block, codes.Type.Scalar.IsSigned ? 1 << Bits - 1 : 0);
        yield return Tensor($"{name}.nbits", Scalar.U8, [Outputs, blocks, block * Bits / 8], Packed(codes, Inputs, offset));
        yield return Tensor($"{name}.scales", scales.Type.Scalar, [Outputs, blocks], Turned(scales, blocks));
        if (zeros is not null) yield return Tensor($"{name}.zeros", Scalar.U8, [Outputs, (blocks * Bits + 7) / 8], Packed(zeros, blocks, 0));
    }

    /// <summary>Numbers output after output, each output's filled up to a byte.</summary>
    private byte[] Packed(Value from, long along, int offset)
    {
        var (each, row) = (8 / Bits, (along * Bits + 7) / 8);
        var (all, mask, kind, outputs, turned) = (new byte[checked(Outputs * row)], (1 << Bits) - 1, from.Type.Scalar, Outputs, IsAcross);
        Parallel.For(0L, outputs, o =>
        {
            var bytes = from.Planes[0].Span(0, checked((int)from.Planes[0].Length));
            for (var i = 0L; i < along; i++)
            {
                var number = (int)Numbers.ReadWhole(kind, bytes, turned ? i * outputs + o : o * along + i) + offset & mask;
                all[o * row + i / each] |= (byte)(number << (int)(i % each) * Bits);
            }
        });
        GC.KeepAlive(from);
        return all;
    }

    /// <summary>Numbers output after output.</summary>
    private byte[] Turned(Value from, long along)
    {
        var bytes = from.Planes[0].ToArray<byte>();
        if (!IsAcross) return bytes;
        var (size, all) = (from.Type.Scalar.Bits / 8, new byte[bytes.Length]);
        for (var o = 0L; o < Outputs; o++)
            for (var i = 0L; i < along; i++) bytes.AsSpan((int)((i * Outputs + o) * size), size).CopyTo(all.AsSpan((int)((o * along + i) * size)));
        return all;
    }

    private static TensorProto Tensor(string name, Scalar kind, Seq<long> shape, byte[] bytes)
    {
        var tensor = new TensorProto { Name = name, DataType = ElementKinds.Number(kind), RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }
}
