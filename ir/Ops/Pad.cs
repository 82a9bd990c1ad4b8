namespace Lathe.Ir.Ops;

/// <summary>Puts elements before and after each axis, or takes some away where a pad is negative. ONNX Pad, opset 25.</summary>
/// <param name="Mode">What the new elements are: constant; edge, the nearest element; reflect, mirrored at the edge elements; wrap, from the other side.</param>
/// <remarks>Operands: x; the pads, at the beginning of each axis, then at the end of each; optionally the constant (else 0); optionally the axes (else all).</remarks>
public sealed record Pad(string Mode = "constant") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Mode is "constant" or "edge" or "reflect" or "wrap", $"mode must be constant, edge, reflect or wrap, it is {Mode}");
        x.Alike(0, 2);
        var shape = x.Shape(0).ToArray();
        foreach (var (axis, before, after) in Pads(x))
        {
            if (Mode == "reflect") x.Check((Expr.Max(before, after) < shape[axis]) | Expr.Same(shape[axis], 0), $"reflecting {before} and {after} elements needs more than that, axis {axis} of {x.Type(0)} has {shape[axis]}");
            var read = shape[axis];
            shape[axis] = Linear.Simplify(shape[axis] + before + after);
            if (Mode != "constant") x.NotEmpty(read, shape[axis], $"axis {axis} of {x.Type(0)}");
            if (before is not Number || after is not Number)
            {
                x.Check(0 <= shape[axis], $"pads {before} and {after} take away more than {x.Type(0)} has along axis {axis}");
                if (Linear.Range(shape[axis]).Low < 0) shape[axis] = Linear.Simplify(Expr.Max(shape[axis], 0));
            }
            Require(Linear.Range(shape[axis]).High >= 0, $"pads {before} and {after} take away more than {x.Type(0)} has along axis {axis}");
        }
        return new(new(shape), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        foreach (var (axis, before, _) in Pads(x)) at = at.With(axis, Linear.Simplify(Source(Linear.Simplify(at[axis] - before), x.Shape(0)[axis])));
        return x[0](at, Mode == "constant" ? x.Has(2) ? x.Only(2) : 0 : null);
    }

    private Expr Source(Expr index, Expr extent) => Mode switch
    {
        "edge" => Expr.Clamp(index, 0, extent - 1),
        "wrap" => index % extent,
        "reflect" => Expr.Min(Linear.Simplify(Expr.Max(index, 0 - index)), (extent - 1) * 2 - Linear.Simplify(Expr.Max(index, 0 - index))),
        _ => index,
    };

    private static IEnumerable<(int Axis, Expr Before, Expr After)> Pads(Operands x)
    {
        var pads = x.MustKnow(1, "the pads", -int.MaxValue);
        var axes = x.Has(3) ? x.Wholes(3, "axes").Select(axis => x.Axis(axis)).ToArray() : [.. Enumerable.Range(0, x.Shape(0).Count)];
        Require(pads.Count == 2 * axes.Length, $"{pads.Count} pads for {axes.Length} axes of {x.Type(0)}");
        return axes.Select((axis, i) => (axis, pads[i], pads[i + axes.Length])).Where(pad => pad.Item2 is not Number { Integer: 0 } || pad.Item3 is not Number { Integer: 0 });
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(0, 1, 2, 1, 0, 3)),
        new(this, Operand.F32(3, 4), Operand.Wholes(0, 2, 1, 1), Operand.Constant(Scalar.F32, [], 1.5)),
        new(this, Operand.F32(3, 5), Operand.Wholes(1, -2, -1, 3), Operand.F32()),
        new(this, Operand.F32(2, 5), Operand.Wholes(2, 1), null, Operand.Wholes(-1)),
        .. new[] { "edge", "reflect", "wrap" }.Select(mode => new Example(this with { Mode = mode }, Operand.F32(2, 4, 5), Operand.Wholes(0, 2, 3, 0, 3, 4))),
        new(this, Operand.Of(Scalar.F16, 3), Operand.Wholes(1, 1)),
        new(this with { Mode = "reflect" }, Operand.Of(Scalar.I32, 6), Operand.Wholes(-1, 2)),
    ];
}
