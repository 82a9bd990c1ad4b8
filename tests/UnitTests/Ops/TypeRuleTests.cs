using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.UnitTests.Ops;

/// <summary>What does not fit is refused where the node is built, with both sides in the message; what symbols leave open becomes a guard.</summary>
public sealed class TypeRuleTests
{
    public static TheoryData<Op, string, string> Faults => new()
    {
        { new Add(), "2x3,f32; 4,f32", "add: shapes [2, 3] and [4] do not broadcast: 3 and 4" },
        { new Mul(), "2,f32; 2,i32", "mul: operands must be of one kind, they are tensor<2, f32> and tensor<2, i32>" },
        { new And(), "2,f32; 2,f32", "and: operand 0 must be truth values, it is tensor<2, f32>" },
        { new Exp(), "2,i32", "exp: operand 0 must be real numbers, it is tensor<2, i32>" },
        { new MatMul(), "2x3,f32; 4x5,f32", "mat_mul: tensor<2x3, f32> times tensor<4x5, f32>: the columns of the left and the rows of the right: 3 and 4 must be equal" },
        { new Gemm(TransB: true), "2x3,f32; 4x5,f32", "gemm: tensor<2x3, f32> times tensor<4x5, f32> transposed: the columns of the left and the rows of the right: 3 and 5 must be equal" },
        { new Conv(), "1x3x8x8,f32; 4x4x3x3,f32", "conv: the filters read 4 channels of each of 1 groups, the image has 3: 3 and 4 must be equal" },
        { new Conv(), "1x3x2x8,f32; 4x3x3x3,f32", "conv: the window of 3 does not fit the padded image of 2 along spatial axis 0" },
        { new Conv(Strides: [2]), "1x3x8x8,f32; 4x3x3x3,f32", "conv: strides must have 2 numbers, it has 1" },
        { new MaxPool([2]), "1x3x8x8,f32", "max_pool: the window [2] does not fit tensor<1x3x8x8, f32>" },
        { new Softmax(2), "2x3,f32", "softmax: there is no axis 2 in tensor<2x3, f32>" },
        { new Transpose([0, 0]), "2x3,f32", "transpose: perm [0, 0] does not name every axis of tensor<2x3, f32> once" },
        { new Concat(0), "2x3,f32; 2x4,f32", "concat: tensor<2x3, f32> and tensor<2x4, f32> along axis 1: 3 and 4 must be equal" },
        { new Reshape(), "2x3,f32; =4,-1", "reshape: tensor<2x3, f32> cannot have the shape [4, -1]: 6 is not a multiple of 4" },
        { new Reshape(), "2x3,f32; =5", "reshape: tensor<2x3, f32> under the shape [5]: the number of elements: 6 and 5 must be equal" },
        { new Reshape(), "2x3,f32; 2,i64", "reshape: the shape must be known when compiling, it is computed from the model's inputs" },
        { new Squeeze(), "2x3,f32; =0", "squeeze: axis 0 of tensor<2x3, f32> to be dropped: 2 and 1 must be equal" },
        { new Gather(), "3x2,f32; =3", "gather: slice 3 of tensor<3x2, f32> along axis 0" },
        { new Slice(), "4,f32; =0; =2; =0; =0", "slice: the step along axis 0 is 0" },
        { new Pad("reflect"), "3,f32; =3,0", "pad: reflecting 3 and 0 elements needs more than that, axis 0 of tensor<3, f32> has 3" },
        { new Split(0), "6,f32; =2,3", "split: the pieces [2, 3] of tensor<6, f32> along axis 0: 5 and 6 must be equal" },
        { new BatchNormalization(), "1x3x2,f32; 4,f32; 4,f32; 4,f32; 4,f32", "batch_normalization: numbers of operand 1 tensor<4, f32> for the channels of tensor<1x3x2, f32>: 4 and 3 must be equal" },
        { new DepthToSpace(2), "1x6x2x2,f32", "depth_to_space: the 6 channels of tensor<1x6x2x2, f32> do not make blocks of 2 by 2" },
        { new Resize(Mode: "area"), "1x1x2x2,f32; ; ; =1,1,4,4", "resize: mode must be one of [nearest, linear, cubic], it is area" },
        { new Einsum("ij,jk"), "2x3,f32", "einsum: ij,jk needs 2 operands, it has 1" },
        { new TopK(), "3,f32; =4", "top_k: 4 numbers are wanted of the 3 along axis 0 of tensor<3, f32>" },
        { new Where(), "2,bool; 2,f32", "where: operand 2 is missing" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Refuses(Op op, string operands, string message) =>
        Assert.Equal(message, Assert.ThrowsAny<TypeException>(() => Build(op, operands)).Message);

    public static TheoryData<Op, string, string> Symbols => new()
    {
        { new Reshape(), "Nx4x4,f32; =0,-1", "tensor<[N, 16], f32>" },
        { new Reshape(), "NxCx4,f32; =-1,4", "tensor<[C * N, 4], f32>" },
        { new Flatten(), "Nx3xH,f32", "tensor<[N, H * 3], f32>" },
        { new Slice(), "N,f32; =1; =-1", "tensor<[max(N - 2, 0)], f32>" },
        { new Conv(Strides: [2], Pads: [1, 1]), "Nx3xH,f32; 8x3x3,f32", "tensor<[N, 8, (H + 1) / 2], f32>" },
        { new Concat(1), "Nx3,f32; NxH,f32", "tensor<[N, H + 3], f32>" },
        { new Resize(Mode: "nearest"), "1x1xHxN,f32; ; =1.0,1.0,2.0,0.5", "tensor<[1, 1, H * 2, N / 2], f32>" },
        { new Tile(), "NxH,f32; =2,3", "tensor<[N * 2, H * 3], f32>" },
        { new Add(), "Nx1,f32; 1xH,f32", "tensor<[N, H], f32>" },
        { new ReduceMean(), "NxHx3,f32; =1", "tensor<[N, 1, 3], f32>" },
    };

    [Theory]
    [MemberData(nameof(Symbols))]
    public void Follows_symbols(Op op, string operands, string type) => Assert.Equal(type, Build(op, operands).Outputs[0].Type.ToString());

    [Fact]
    public void What_symbols_leave_open_is_checked_when_the_model_is_entered()
    {
        var guard = Assert.Single(Build(new Add(), "N,f32; H,f32").Guards);
        Assert.Equal("dimensions N and H must be equal, or one of them 1", guard.Message);
    }

    /// <summary>Shapes computed from dimensions are followed through the operators that exporters use for them.</summary>
    [Fact]
    public void A_computed_shape_is_known()
    {
        var x = Value("x", "Nx3x4,f32");
        var builder = new GraphBuilder("main", x);
        var shape = builder.Add("shape", new Lathe.Ir.Ops.Shape(), x);
        var batch = builder.Add("batch", new Gather(), shape, Value("zero", "=0"));
        var rest = builder.Add("rest", new Mul(), builder.Add("height", new Slice(), shape, Value("from", "=1"), Value("to", "=2")), builder.Add("width", new Slice(), shape, Value("second", "=2"), Value("third", "=3")));
        var joined = builder.Add("joined", new Concat(0), batch, rest);
        Assert.Equal("tensor<[N, 12], f32>", builder.Add("y", new Reshape(), x, joined).Type.ToString());
    }

    private static Graph Build(Op op, string operands)
    {
        Seq<Value?> values = [.. operands.Split("; ").Select((text, i) => text == "" ? null : Value($"x{i}", text))];
        var builder = new GraphBuilder("main", values.OfType<Value>().Where(v => !v.IsWeight));
        return builder.Return(builder.Add("y", op, values));
    }

    /// <summary><c>2xN,f32</c>: an input; <c>=1,2</c>: a constant of i64, or of f32 where the numbers have points.</summary>
    private static Value Value(string name, string text)
    {
        if (text.StartsWith('='))
        {
            var numbers = text[1..].Split(',');
            var planes = text.Contains('.', StringComparison.Ordinal)
                ? Bytes.Of<float>([.. numbers.Select(n => float.Parse(n, CultureInfo.InvariantCulture))])
                : Bytes.Of<long>([.. numbers.Select(n => long.Parse(n, CultureInfo.InvariantCulture))]);
            return new(name, new TensorType([numbers.Length], text.Contains('.', StringComparison.Ordinal) ? Scalar.F32 : Scalar.I64), [planes]);
        }
        var (shape, kind) = (text.Split(',')[0], text.Split(',')[1]);
        return new(name, new TensorType([.. shape.Split('x').Select(d => long.TryParse(d, out var extent) ? extent : Symbol.Of(d))], Scalars.Parse(kind)!.Value));
    }
}
