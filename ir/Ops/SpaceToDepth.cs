namespace Lathe.Ir.Ops;

/// <summary>Blocks of pixels become channels: [N, C, H, W] becomes [N, b·b·C, H / b, W / b], the place in the block first. ONNX SpaceToDepth, opset 13.</summary>
/// <param name="Blocksize">Side of a block, b.</param>
public sealed record SpaceToDepth(long Blocksize) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var shape = x.Shape(0);
        Require(shape.Count == 4, $"x must be [N, C, H, W], it is {x.Type(0)}");
        Require(Blocksize >= 1, $"blocksize must be at least 1, it is {Blocksize}");
        for (var axis = 2; axis < 4; axis++) x.Check(Expr.Same(Linear.Simplify(shape[axis] % Blocksize), 0), $"axis {axis} of {x.Type(0)} does not make blocks of {Blocksize}");
        return new([shape[0], Linear.Simplify(shape[1] * (Blocksize * Blocksize)), Linear.Simplify(shape[2] / Blocksize), Linear.Simplify(shape[3] / Blocksize)], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (place, channels) = (at[1] / x.Shape(0)[1], x.Shape(0)[1]);
        return x[0]([at[0], Linear.Simplify(at[1] % channels), Linear.Simplify(at[2] * Blocksize + place / Blocksize), Linear.Simplify(at[3] * Blocksize + place % Blocksize)]);
    }

    public override IEnumerable<Example> Examples() => [new(this with { Blocksize = 2 }, Operand.F32(2, 3, 4, 6)), new(this with { Blocksize = 3 }, Operand.F32(1, 2, 3, 6))];
}
