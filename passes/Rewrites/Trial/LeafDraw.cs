using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Types, constants and attributes by chance.</summary>
/// <param name="extents">What extents may be.</param>
/// <param name="kind">What most numbers are.</param>
internal sealed class LeafDraw(Random random, Seq<long> extents, Scalar kind)
{
    public Scalar Kind => kind;

    public Expr Extent() => extents[random.Next(extents.Count)];

    /// <summary>Some shapes have one extent along all axes: where axes change places, types do not tell.</summary>
    public Seq<Expr> Shape(int rank) => random.Next(3) == 0 ? [.. Enumerable.Repeat(Extent(), rank)] : [.. Enumerable.Range(0, rank).Select(_ => Extent())];

    /// <summary>A type that goes with others: the same, one that broadcasts, one that they are multiplied by, or any.</summary>
    public TensorType Like(List<Value> beside)
    {
        if (beside.Count == 0) return new(Shape(random.Next(5)), kind);
        var type = beside[random.Next(beside.Count)].Type;
        var shape = type.Shape;
        return random.Next(8) switch
        {
            0 or 1 or 2 => type.Elementwise,
            3 => new(shape[random.Next(shape.Count + 1)..], type.Scalar),
            4 => new([.. shape.Select(e => random.Next(2) == 0 ? 1 : e)], type.Scalar),
            5 when shape.Count > 0 => new([shape[random.Next(shape.Count)]], type.Scalar),
            6 when shape.Count > 0 => new([.. shape.Take(random.Next(2) == 0 ? shape.Count - 2 : 0), shape[^1], Extent()], type.Scalar),
            _ => new(Shape(random.Next(5)), type.Scalar),
        };
    }

    /// <summary>A weight with numbers by chance, or those that an example gives.</summary>
    public Value Filled(string name, TensorType type, Operand? example)
    {
        var numbers = example?.Values is { } given ? given : Numbers(type, example, special: false);
        return Constants.Of(name, type, numbers.AsSpan());
    }

    /// <summary>A weight all of whose elements are one number: mostly a single number, of the kind of what it stands beside.</summary>
    public Value Uniform(string name, double number, List<Value> beside, TensorType? type)
    {
        type ??= new(random.Next(4) switch { 0 when beside.Count > 0 && beside[0].Type.Rank > 0 => [1], 1 when beside.Count > 0 => beside[0].Type.Shape, _ => [] }, beside.FirstOrDefault()?.Type.Scalar ?? kind);
        if (!type.Scalar.IsReal && number != Math.Floor(number)) throw new TypeException("no whole number");
        var all = new double[type.Count];
        Array.Fill(all, number);
        return Constants.Of(name, type, all);
    }

    /// <summary>A vector of i64 with given elements.</summary>
    public Value Wholes(string name, object? list) => list is Seq<object> items && items.All(i => i is Number { IsReal: false })
        ? Constants.Wholes(name, [.. items.Select(i => ((Number)i).Integer)]) : throw new TypeException("not known");

    /// <summary>Whole numbers such as shapes, axes, orders and pads that may go with a tensor.</summary>
    public Value List(string name, List<Value> beside, Scalar scalar, int rank)
    {
        var shape = beside.FirstOrDefault()?.Type is { IsStatic: true } type ? (Seq<long>)[.. type.Shape.Select(e => e.Whole)] : [2, 3];
        IEnumerable<long> numbers = random.Next(6) switch
        {
            0 => shape,
            1 => Regrouped(shape),
            2 => shape.OrderBy(_ => random.Next()),
            3 => Enumerable.Range(0, random.Next(shape.Count + 1)).Select(_ => random.NextInt64(-shape.Count, Math.Max(1, shape.Count))).Distinct(),
            4 => Enumerable.Range(0, 2 * shape.Count).Select(_ => random.NextInt64(3)),
            _ => [random.NextInt64(-2, 5)],
        };
        double[] all = [.. numbers.Select(n => (double)n)];
        return rank == 0 ? Constants.Of(name, new([], scalar), [all.FirstOrDefault()]) : Constants.Of(name, new([all.Length], scalar), all);
    }

    /// <summary>An attribute of a type that may go with a tensor of so many axes; null where nothing comes to mind.</summary>
    public object? Attribute(Type type, int rank) => type switch
    {
        _ when type == typeof(Seq<long>) && random.Next(4) > 0 => (Seq<object>)[.. Enumerable.Range(0, rank).OrderBy(_ => random.Next()).Select(i => (Expr)i)],
        _ when type == typeof(Seq<long>) => (Seq<object>)[.. Enumerable.Range(0, random.Next(rank + 1)).Select(_ => (Expr)random.Next(3))],
        _ when type == typeof(long) || type == typeof(int) || type == typeof(long?) => (Expr)random.Next(-rank, Math.Max(1, rank)),
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(float) || type == typeof(double) => Math.Round(random.NextDouble() * 4 - 2, 2),
        _ when type == typeof(Scalar) => new[] { kind, Scalar.F32, Scalar.F16, Scalar.I32, Scalar.I64, Scalar.Bool }[random.Next(6)],
        { IsEnum: true } => RecordText.Show(Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length))),
        _ => null,
    };

    /// <summary>Numbers for a tensor: moderate ones, or with those among them that arithmetic treats in a way of their own. Whole numbers that an operator bounds (places, lengths) stay in its bounds; reals may be anything.</summary>
    public Seq<double> Numbers(TensorType type, Operand? range, bool special)
    {
        double[] odd = type.Scalar.IsReal ? [0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30, -1e30, 1e-30, 1, -1] : [type.Scalar.Range.Low, type.Scalar.Range.High, 0, 1];
        var (low, high) = range is { } r ? (r.Low, r.High) : type.Scalar.IsReal ? (-4, 4) : type.Scalar == Scalar.Bool ? (0, 1) : type.Scalar.IsSigned ? (-9, 9) : (0, 9);
        return [.. Enumerable.Range(0, (int)type.Count).Select(_ => special && (range is null || type.Scalar.IsReal) && random.Next(3) == 0 ? odd[random.Next(odd.Length)]
            : type.Scalar.IsReal ? random.Next(5) == 0 && range is null ? random.Next(-5, 6) / 2.0 : low + random.NextDouble() * (high - low) : random.NextInt64((long)low, (long)high + 1))];
    }

    /// <summary>A shape of as many elements.</summary>
    private IEnumerable<long> Regrouped(Seq<long> shape)
    {
        var left = shape.Aggregate(1L, (a, b) => a * b);
        while (left > 1)
        {
            var factor = Enumerable.Range(2, (int)Math.Min(left, 1024) - 1).Where(f => left % f == 0).OrderBy(_ => random.Next()).First();
            yield return factor;
            left /= factor;
            if (random.Next(3) == 0) yield return 1;
        }
    }
}
