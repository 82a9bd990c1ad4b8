using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>A value as whole numbers, with a scale for each row or group of it, and for unsigned codes a zero point.</summary>
internal sealed record CodedValue(Value Codes, Value Scale, Value? Zero)
{
    public IEnumerable<Value> Parts => Zero is null ? [Codes, Scale] : [Codes, Scale, Zero];
}

/// <summary>How rows of a state become codes while a model runs, and numbers again. Groups are runs of a row; a row has one where no group is said.</summary>
/// <param name="format">Codes of 2, 4 or 8 bits.</param>
/// <param name="channel">The axis along which a row lies.</param>
/// <param name="row">Numbers in it.</param>
internal sealed class StateCoding(Uniform format, int channel, long row)
{
    private readonly Scalar kind = Scalars.Parse(format.Word.ToString())!.Value;
    private readonly long group = format.Group == 0 ? row : format.Group;

    private Expr Groups => row / group;

    /// <summary>The types of a value's codes, scales and zero points.</summary>
    public Seq<(string Name, TensorType Type)> Types(TensorType type)
    {
        var groups = type.Shape.With(channel, Groups);
        Seq<(string, TensorType)> all = [("codes", new(type.Shape, kind)), ("scale", new(groups, format.Scales))];
        return format.Word.Signed ? all : [.. all, ("zero", new(groups, kind))];
    }

    /// <summary>Bits of codes, scales and zero points of some numbers.</summary>
    public long Bits(long numbers) => numbers * kind.Bits + numbers / group * (format.Scales.Bits + (format.Word.Signed ? 0 : kind.Bits));

    /// <summary>The steps that code a value: the far end of a group's longer side, or of signed bytes its largest magnitude, is the last code.</summary>
    public CodedValue Encode(GraphBuilder build, Value value)
    {
        var name = value.Name;
        Value Number(string what, double number) => Constants.Of($"{name}.{what}", new([], Scalar.F32), [number]);
        var none = Number("none", 0);
        var (rows, axis) = (value, (long)channel);
        if (group < row)
        {
            // A group is the last axis of its own while its ends are looked for.
            rows = build.Add($"{name}.groups", new Reshape(), value, Constants.Wholes($"{name}.split", [.. Enumerable.Repeat(0L, channel), row / group, group]));
            axis = channel + 1;
        }
        var along = Constants.Wholes($"{name}.along", axis);
        Value Reduced(string what, Op op, Value of) => build.Add($"{name}.{what}", op, of, along);
        Value step, low = null!;
        if (format.Word is { Signed: true, Bits: 8 })
            step = build.Add($"{name}.step", new Mul(), Reduced("largest", new ReduceMax(group == row), build.Add($"{name}.magnitude", new Abs(), rows)), Number("share", 1.0 / 127));
        else
        {
            var keep = group == row;
            (low, var high) = (Reduced("low", new ReduceMin(keep), rows), Reduced("high", new ReduceMax(keep), rows));
            if (format.Word.Signed)
            {
                // Codes reach one further down than up: the scale is negative where the longer side is the upper one.
                var far = build.Add($"{name}.far", new Where(), build.Add($"{name}.down", new Greater(), build.Add($"{name}.depth", new Neg(), low), high), low, high);
                step = build.Add($"{name}.step", new Mul(), far, Number("share", -1.0 / (1 << format.Word.Bits - 1)));
            }
            else
            {
                low = build.Add($"{name}.least", new Min(), low, none);
                high = build.Add($"{name}.most", new Max(), high, none);
                step = build.Add($"{name}.step", new Mul(), build.Add($"{name}.width", new Sub(), high, low), Number("share", 1.0 / ((1 << format.Word.Bits) - 1)));
            }
        }
        // Numbers beyond what codes under the largest scale reach become those.
        if (format.Scales == Scalar.F16) step = build.Add($"{name}.held", new Clip(), step, Number("far_down", -65504), Number("far_up", 65504));
        var stored = format.Scales == Scalar.F32 ? step : build.Add($"{name}.stored", new Ir.Ops.Cast(format.Scales), step);
        var wide = format.Scales == Scalar.F32 ? stored : build.Add($"{name}.wide", new Ir.Ops.Cast(Scalar.F32), stored);
        // A group of zeros, or of less than a scale can say, has codes of 0 under any scale.
        var one = Constants.Of($"{name}.one", new([], format.Scales), [1.0]);
        var scale = build.Add($"{name}.scale", new Where(), build.Add($"{name}.flat", new Equal(), wide, none), one, stored);
        var zero = format.Word.Signed ? null : build.Add($"{name}.zero", new QuantizeLinear(channel, 1, kind, Scalar.F32), build.Add($"{name}.below", new Neg(), low), scale);
        var codes = build.Add($"{name}.codes", new QuantizeLinear(channel, group, zero is null ? kind : null, Scalar.F32), zero is null ? [value, scale] : [value, scale, zero]);
        return new(codes, scale, zero);
    }

    /// <summary>The step that reads a value back.</summary>
    public Node Decode(CodedValue coded, Value value) => new(new DequantizeLinear(channel, group, Scalar.F32), [.. coded.Parts], [value]);
}
