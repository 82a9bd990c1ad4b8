namespace Lathe.Ir.Ops;

/// <summary>A part of a tensor: along each axis every step-th element between two places. ONNX Slice, opset 13.</summary>
/// <remarks>Operands: x; starts; ends; optionally axes (else the first ones) and steps (else 1). Places count from the end where negative and are held inside.</remarks>
public sealed record Slice : FormulaOp
{
    /// <summary>Beyond any extent, so that an "end" of the largest i64 cannot overflow index arithmetic.</summary>
    private const long Far = 1L << 40;

    /// <summary>From here on an "end" means all of a symbolic axis: exporters write a large number of their liking.</summary>
    private const long AnyEnd = 1L << 29;

    protected override TensorType InferOne(Operands x)
    {
        var shape = x.Shape(0).ToArray();
        foreach (var (axis, _, _, count) in Cuts(x)) shape[axis] = count;
        return new(new(shape), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        foreach (var (axis, start, step, _) in Cuts(x)) at = at.With(axis, Linear.Simplify(start + at[axis] * step));
        return x[0](at);
    }

    private static IEnumerable<(int Axis, Expr Start, long Step, Expr Count)> Cuts(Operands x)
    {
        var (starts, ends) = (x.MustKnow(1, "starts", -AnyEnd), x.MustKnow(2, "ends", -AnyEnd));
        var axes = x.Has(3) ? x.Wholes(3, "axes") : [.. Enumerable.Range(0, starts.Count).Select(i => (long)i)];
        var steps = x.Has(4) ? x.Wholes(4, "steps") : [.. axes.Select(_ => 1L)];
        Require(starts.Count == ends.Count && axes.Length == starts.Count && steps.Length == starts.Count, $"{starts.Count} starts, {ends.Count} ends, {axes.Length} axes and {steps.Length} steps");
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = x.Axis(axes[i]);
            var (extent, step) = (x.Shape(0)[axis], steps[i]);
            Require(step != 0, $"the step along axis {axis} is 0");
            Expr least = step > 0 ? 0 : -1, most = step > 0 ? extent : extent - 1;
            var (start, end) = (Held(starts[i], extent, step > 0 ? 0 : Expr.Min(0, extent - 1), most), Held(ends[i], extent, least, most));
            if (step > 0 && extent is not Number && ends[i] is Number { Integer: >= AnyEnd and var far })
            {
                x.Check(extent <= far, $"axis {axis} of {x.Type(0)} is longer than the end {far} that stands for all of it");
                end = extent;
            }
            // From a start that is not held inside: what lies before the axis or behind it is cut off by the end.
            var last = Linear.Simplify(Expr.Min(end == extent ? extent : Place(ends[i], extent), extent));
            var length = step > 0 ? Expr.Min(Linear.Simplify(last - Place(starts[i], extent)), last) + (step - 1) : start - end + (-step - 1);
            yield return (axis, start, step, Linear.Simplify(Expr.Max(Linear.Simplify(length) / Math.Abs(step), 0)));
        }
    }

    private static Expr Held(Expr place, Expr extent, Expr least, Expr most) => Linear.Simplify(Expr.Min(Linear.Simplify(Expr.Max(Place(place, extent), least)), most));

    /// <summary>A place counted from the beginning, which may lie before or behind the axis.</summary>
    private static Expr Place(Expr place, Expr extent)
    {
        if (place is Number n) place = Math.Clamp(n.Integer, -Far, Far);
        place = Linear.Simplify(place.As(Scalar.I64));
        return Linear.Range(place).Low < 0 ? Linear.Simplify(Expr.Select(place < 0, place + extent, place)) : place;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(5, 7), Operand.Wholes(1, 2), Operand.Wholes(4, 6)),
        new(this, Operand.F32(5, 7), Operand.Wholes(-3), Operand.Wholes(long.MaxValue), Operand.Wholes(1), Operand.Wholes(2)),
        new(this, Operand.F32(5, 7), Operand.Wholes(6, 4), Operand.Wholes(-100, 0), Operand.Wholes(-1, 0), Operand.Wholes(-2, -1)),
        new(this, Operand.F32(5), Operand.Wholes(3), Operand.Wholes(2)),
        new(this, Operand.F32(2, 3, 4), Operand.Wholes(1), Operand.Wholes(-1), Operand.Wholes(-1)),
    ];
}
