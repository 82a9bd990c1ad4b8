using Lathe.Ir.Ops;

namespace Lathe.Onnx;

/// <summary>Gives the numbers of operands that decide types names, where only a run can tell them.</summary>
internal sealed class Measuring(Importing import, GraphBuilder builder)
{
    /// <summary>Most numbers of an operand that get names.</summary>
    private const int Most = 64;

    /// <summary>Places in a tensor beyond this are beyond any: they are held here, so that "to the end" as exporters write it stays a number of a dimension's range.</summary>
    private const long Far = 1 << 30;

    private readonly Dictionary<(Value, long), Value> measured = [];

    /// <summary>The operand with numbers that types can speak of; null where it holds anything but a few whole numbers.</summary>
    /// <param name="low">The least that makes sense; less than 0 for places, which may count from the end.</param>
    /// <param name="most">What none may exceed; null where nothing is known.</param>
    public Value? Of(Value value, long low, Expr? most)
    {
        if (measured.TryGetValue((value, low), out var known)) return known;
        if (!value.Type.Scalar.IsInteger || value.Type.Encoding is not Dense || !value.Type.IsStatic || value.Type.Count is 0 or > Most) return null;
        var (count, source) = ((int)value.Type.Count, value);
        if (low < 0) source = builder.Add(import.Names.Fresh($"{value.Name}.held"), new Clip(), source.Type.Scalar == Scalar.I64 ? source : builder.Add(import.Names.Fresh($"{value.Name}.wide"), new Ir.Ops.Cast(Scalar.I64), source), Number(-Far), Number(Far));
        var bound = most ?? Symbol.Unbounded;
        var all = Enumerable.Range(0, count).Select(i => import.Decided(value.Type.Rank == 0 ? value.Name : string.Create(CultureInfo.InvariantCulture, $"{value.Name}.{i}"), bound)).ToList();
        var result = builder.Add(import.Names.Fresh($"{value.Name}.known"), new Measure([.. all.Select(a => a.Name)], [.. all.Select(_ => low < 0 ? -Far : low)], [.. all.Select(a => a.Most)]), source);
        if (value.Type.Scalar != Scalar.I64) result = builder.Add(import.Names.Fresh($"{value.Name}.kind"), new Ir.Ops.Cast(value.Type.Scalar), result);
        return import.Values[result.Name] = measured[(value, low)] = result;
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
