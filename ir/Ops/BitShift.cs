namespace Lathe.Ir.Ops;

/// <summary>Moves the bits of unsigned numbers; what comes in is 0. ONNX BitShift, opset 11.</summary>
/// <param name="Direction">LEFT multiplies by 2 to the power b, RIGHT divides.</param>
public sealed record BitShift(string Direction) : Pairwise
{
    protected override Scalar Result(Operands x)
    {
        Require(Direction is "LEFT" or "RIGHT", $"direction must be LEFT or RIGHT, it is {Direction}");
        Require(x.Whole(0).Scalar is { IsSigned: false }, $"operands must be unsigned, they are {x.Type(0)}");
        return x.Scalar(0);
    }

    // A shift by the width or more leaves nothing; machines disagree about it.
    protected override Expr Of(Expr a, Expr b)
    {
        Expr width = Number.Of(b.Type, (long)b.Type.Bits);
        var held = Expr.Min(b, Number.Of(b.Type, b.Type.Bits - 1L));
        return Expr.Select(b < width, Direction == "LEFT" ? a << held : a >> held, 0);
    }

    public override IEnumerable<Example> Examples() => new[] { Scalar.U8, Scalar.U16, Scalar.U32, Scalar.U64 }
        .SelectMany(kind => new[] { "LEFT", "RIGHT" }.Select(to => new Example(this with { Direction = to }, Operand.Of(kind, 3, 5), Operand.Of(kind, 5) with { High = 9 })));
}
