using Lathe.Ir.Ops;

namespace Lathe.Onnx;

/// <summary>Gives the numbers of operands that decide types names, where only a run can tell them.</summary>
internal sealed class Measuring(Importing import, GraphBuilder builder)
{
    /// <summary>Most numbers of an operand that get names.</summary>
    private const int Most = 64;

    /// <summary>Places in a tensor beyond this are beyond any: they are held here, so that "to the end" as exporters write it stays a number of a dimension's range.</summary>
    private const long Far = 1 << 30;

    private readonly Dictionary<(Value, long, Op?, Shape), Value> measured = [];

    /// <summary>The operand that a type rule asks for, with numbers that types can speak of; null where it holds anything but a few whole numbers.</summary>
    /// <param name="owner">The first operand of the operator: a shape is its.</param>
    public Value? Of(Value value, ContentsException asked, Value? owner)
    {
        if (asked.Shape is not { } shape || owner is null) return Of(value, asked.Low, asked.Most);
        var key = (value, asked.Low, shape.Resolve, owner.Type.Shape);
        if (measured.TryGetValue(key, out var known)) return known;
        if (!Fits(value)) return null;
        var extents = builder.Add(import.Names.Fresh($"{value.Name}.extents"), shape.Resolve, owner, value);
        if (Named(extents, value.Name, asked.Low, asked.Most) is not { Known: { } symbols } result) return null;
        // One factor after another: no product that passes could have wrapped around.
        var product = symbols.Select(s => Expr.Max(s, 1)).Aggregate((all, extent) =>
        {
            var more = Linear.Simplify(all * extent);
            Check(more <= shape.Most, $"{owner.Type} under the shape {symbols}: it has no room for more elements than {shape.Most}");
            return more;
        });
        return import.Values[result.Name] = measured[key] = result;
    }

    /// <summary>How often something is done: a number below 0 is none.</summary>
    public Value? Count(Value value)
    {
        if (!Fits(value)) return null;
        var wide = value.Type.Scalar == Scalar.I64 ? value : builder.Add(import.Names.Fresh($"{value.Name}.wide"), new Ir.Ops.Cast(Scalar.I64), value);
        var result = Named(builder.Add(import.Names.Fresh($"{value.Name}.held"), new Clip(), wide, Number(0)), value.Name, 0, null);
        return import.Values[result.Name] = result;
    }

    private void Check(Expr condition, string message)
    {
        if (Linear.Decided(condition) is Number { Integer: not 0 }) return;
        var guard = new Guarded(condition, message);
        builder.Check(guard);
        import.Learn(guard);
    }

    /// <summary>The operand with numbers that types can speak of; null where it holds anything but a few whole numbers.</summary>
    /// <param name="low">The least that makes sense; less than 0 for places, which may count from the end.</param>
    /// <param name="most">What none may exceed; null where nothing is known.</param>
    public Value? Of(Value value, long low, Expr? most)
    {
        var key = (value, low, (Op?)null, (Shape)[]);
        if (measured.TryGetValue(key, out var known)) return known;
        if (!Fits(value)) return null;
        var source = value;
        if (low < 0) source = builder.Add(import.Names.Fresh($"{value.Name}.held"), new Clip(), source.Type.Scalar == Scalar.I64 ? source : builder.Add(import.Names.Fresh($"{value.Name}.wide"), new Ir.Ops.Cast(Scalar.I64), source), Number(-Far), Number(Far));
        var result = Named(source, value.Name, low < 0 ? -Far : low, most);
        if (value.Type.Scalar != Scalar.I64) result = builder.Add(import.Names.Fresh($"{value.Name}.kind"), new Ir.Ops.Cast(value.Type.Scalar), result);
        return import.Values[result.Name] = measured[key] = result;
    }

    private static bool Fits(Value value) => value.Type.Scalar.IsInteger && value.Type.Encoding is Dense && value.Type.IsStatic && value.Type.Count is > 0 and <= Most;

    /// <summary>The numbers of a value under names like another's.</summary>
    private Value Named(Value source, string near, long low, Expr? most)
    {
        var all = Enumerable.Range(0, (int)source.Type.Count).Select(i => import.Decided(source.Type.Rank == 0 ? near : string.Create(CultureInfo.InvariantCulture, $"{near}.{i}"), most ?? Symbol.Unbounded)).ToList();
        return builder.Add(import.Names.Fresh($"{near}.known"), new Measure([.. all.Select(a => a.Name)], [.. all.Select(_ => low)], [.. all.Select(a => a.Most)]), source);
    }

    /// <summary>Results that an operator makes with more room than it needs, cut to what they hold.</summary>
    /// <param name="made">The operator's results.</param>
    /// <param name="names">What the cut results are called.</param>
    public void Cut(Seq<(int Result, int Axis, int Count)> sized, Seq<Value> made, Seq<string> names)
    {
        foreach (var group in sized.GroupBy(s => s.Count))
        {
            var (room, axis, _) = group.First();
            var symbol = import.Decided(string.Create(CultureInfo.InvariantCulture, $"{names[room]}.{axis}"), made[room].Type.Shape[axis]);
            var count = builder.Add(import.Names.Fresh($"{names[room]}.count"), new Measure([symbol.Name], [0], [symbol.Most]), made[group.Key]);
            foreach (var (result, along, _) in group) import.Values[names[result]] = builder.Add(names[result], new Head(along), made[result], count);
        }
    }

    private Value Number(long number)
    {
        var weight = new Value(import.Names.Fresh("bound"), new([], Scalar.I64), [Bytes.Of<long>([number])]);
        return import.Values[weight.Name] = weight;
    }
}
