namespace Lathe.Ir.Ops;

/// <summary>Channels become blocks of pixels: [N, C·b·b, H, W] becomes [N, C, H·b, W·b]. ONNX DepthToSpace, opset 13.</summary>
/// <param name="Blocksize">Side of a block, b.</param>
/// <param name="Mode">Order of the old channels: DCR, the place in the block first; CRD, the new channel first.</param>
public sealed record DepthToSpace(long Blocksize, string Mode = "DCR") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var shape = x.Shape(0);
        Require(shape.Count == 4, $"x must be [N, C, H, W], it is {x.Type(0)}");
        Require(Blocksize >= 1 && Mode is "DCR" or "CRD", $"blocksize {Blocksize} and mode {Mode}");
        x.Check(Expr.Same(Linear.Simplify(shape[1] % (Blocksize * Blocksize)), 0), $"the {shape[1]} channels of {x.Type(0)} do not make blocks of {Blocksize} by {Blocksize}");
        return new([shape[0], Linear.Simplify(shape[1] / (Blocksize * Blocksize)), Linear.Simplify(shape[2] * Blocksize), Linear.Simplify(shape[3] * Blocksize)], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (place, channels) = (at[2] % Blocksize * Blocksize + at[3] % Blocksize, x.Shape(0)[1] / (Blocksize * Blocksize));
        return x[0]([at[0], Linear.Simplify(Mode == "DCR" ? place * channels + at[1] : at[1] * (Blocksize * Blocksize) + place), Linear.Simplify(at[2] / Blocksize), Linear.Simplify(at[3] / Blocksize)]);
    }

    public override IEnumerable<Example> Examples() => [new(this with { Blocksize = 2 }, Operand.F32(2, 8, 2, 3)), new(this with { Blocksize = 3, Mode = "CRD" }, Operand.F32(1, 18, 3, 2))];
}
