namespace Lathe.Ir.Ops;

/// <summary>Adds blocks of pixels up at the places of an image they were taken from. ONNX Col2Im, opset 18.</summary>
/// <param name="Dilations">Step between pixels of a block.</param>
/// <param name="Pads">Pixels of padding that blocks reach into: the beginning of each axis, then the end of each.</param>
/// <param name="Strides">Step from block to block.</param>
/// <remarks>Operands: x [N, C · pixels of a block, blocks]; the extents of the image; the extents of a block. The result is [N, C, image…].</remarks>
public sealed record Col2Im(Seq<long> Dilations = default, Seq<long> Pads = default, Seq<long> Strides = default) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (image, block, blocks) = Extents(x);
        Require(x.Type(0).Rank == 3, $"x must be [N, C · pixels, blocks], it is {x.Type(0)}");
        x.Equal(x.Shape(0)[2], Product(blocks), $"blocks of {block} in an image of {image}, and in {x.Type(0)}");
        return new([x.Shape(0)[0], Linear.Simplify(x.Shape(0)[1] / Product(block)), .. image], x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (_, block, blocks) = Extents(x);
        return Expr.Sum(block, k =>
        {
            var (place, inside) = (new Expr[block.Count], (Expr)true);
            for (var i = 0; i < block.Count; i++)
            {
                var offset = Linear.Simplify(at[2 + i] + Number(Pads, i, 0) - k[i] * Number(Dilations, i, 1));
                place[i] = Linear.Simplify(offset / Number(Strides, i, 1));
                inside &= Linear.Decided(Expr.Same(Linear.Simplify(offset % Number(Strides, i, 1)), 0)) & Linear.Decided(0 <= place[i]) & Linear.Decided(place[i] < blocks[i]);
            }
            return Expr.Select(inside, x[0]([at[0], Linear.Simplify(at[1] * Product(block) + Indexing.Flat(block, k)), Linear.Simplify(Indexing.Flat(blocks, new(place)))], 0), 0);
        });
    }

    private (Seq<Expr> Image, Seq<Expr> Block, Seq<Expr> Blocks) Extents(Operands x)
    {
        var (image, block) = (x.MustKnow(1, "the extents of the image"), x.MustKnow(2, "the extents of a block"));
        Require(image.Count == block.Count, $"an image of {image} and blocks of {block}");
        return (image, block, Window.Of(x, image, block, "NOTSET", Strides, Dilations, Pads).Results);
    }

    private static Expr Product(Seq<Expr> extents) => extents.Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * extent));
    private static long Number(Seq<long> all, int i, long other) => all is [] ? other : all[i];

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 12, 6), Operand.Wholes(3, 4), Operand.Wholes(2, 2)),
        new(this with { Strides = [2, 1], Pads = [1, 0, 1, 0], Dilations = [1, 2] }, Operand.F32(2, 4, 6), Operand.Wholes(4, 4), Operand.Wholes(2, 2)),
    ];
}
