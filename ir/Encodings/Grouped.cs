namespace Lathe.Ir;

/// <summary>
/// A format with one code for each number, read against a grid that a group of numbers shares. What a subclass says is the grid: what is stored for a group, the
/// formula of a number, and the best grid for given numbers. Every method that chooses codes (rounding, error feedback, learned rounding) then works with it.
/// </summary>
/// <param name="Axis">Without groups: the axis with a grid for each index. With groups: the axis they lie along; -1 for the last.</param>
/// <param name="Group">Numbers in a group; 0 for all that have one index of the axis.</param>
public abstract record Grouped(int Axis, long Group) : Encoding
{
    /// <summary>An array with some numbers for each group.</summary>
    /// <param name="Count">How many: entries of a table. 1 has no axis of its own.</param>
    public sealed record Parameter(string Name, Scalar Kind, int Count = 1);

    public int Axis { get; init; } = Axis >= -1 ? Axis : throw new TypeException($"axes are counted from 0, there is no axis {Axis}");

    public long Group { get; } = Group >= 0 ? Group : throw new TypeException($"a group has at least one number, not {Group}");

    public override Scalar Scalar => Scalar.F32;

    /// <summary>What is stored for each number.</summary>
    public abstract Code Code { get; }

    /// <summary>Whether numbers are codes times a scale, a zero point taken off first maybe: a product with whole numbers can then run on codes.</summary>
    public virtual bool IsEven => false;

    /// <summary>What is stored for each group.</summary>
    public abstract Seq<Parameter> Parameters { get; }

    /// <summary>What is stored once for all groups: tables, looked up by a code.</summary>
    public virtual Seq<Parameter> Shared => [];

    /// <summary>What is stored for each index of an axis across groups, <see cref="Across"/>: all groups there share it.</summary>
    public virtual Seq<Parameter> Lines => [];

    /// <summary>The axis with a number of <see cref="Lines"/> for each index.</summary>
    protected virtual int Across => throw new InvalidOperationException($"{this} has nothing for each index of an axis across its groups");

    /// <summary>The number of a code, in f32.</summary>
    /// <param name="code">In i32.</param>
    /// <param name="parameter">A group's number as f32 (i32 where the plane is of whole numbers), by its plane; the index into a table, 0 else.</param>
    protected abstract Expr Number(Expr code, Func<string, Expr, Expr> parameter);

    /// <summary>The grid that suits numbers best.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public abstract Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance);

    /// <summary>How groups of a tensor are fitted, once all of it has been looked at: what they share, such as a table, is chosen here.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public virtual Fitting Fitter(float[] numbers, float[] importance, Shape shape) => (_, mine, weights) => Fit(mine, weights);

    /// <summary>The grid that suits the numbers of a group best.</summary>
    /// <param name="group">Which one it is, in the order of <see cref="Ir.Partition.Shape"/>.</param>
    public delegate Grid Fitting(int group, ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance);

    /// <summary>The grid whose numbers are nearest to those of another times a factor, code by code; null where the format knows none.</summary>
    public virtual Grid? Scaled(Grid grid, float factor) => null;

    /// <summary>Which numbers share a grid.</summary>
    public Partition Partition(Shape shape)
    {
        var axis = Axis < 0 ? shape.Count - 1 : Axis;
        if (Axis < 0 && Group == 0) throw new TypeException($"{this} says neither an axis nor a group: which numbers share a scale?");
        if (axis < 0 || axis >= shape.Count) throw new TypeException($"{this} names axis {Axis}, the tensor has {shape.Count}");
        return new(axis, Group);
    }

    /// <summary>The same format with its groups along the summed axis of a product, or a grid for each index of the other.</summary>
    public virtual Grouped Placed(int input, int output, int rank) => Axis >= 0 ? this : this with { Axis = Group == 0 ? output : input == rank - 1 ? -1 : input };

    public override Seq<Plane> Planes(Shape shape)
    {
        var groups = Partition(shape).Shape(shape);
        return [.. Code.Planes(shape), .. Parameters.Select(p => new Plane(p.Name, p.Kind, p.Count == 1 ? groups : [.. groups, p.Count])), .. Lines.Select(p => new Plane(p.Name, p.Kind, [shape[Across]])), .. Shared.Select(p => new Plane(p.Name, p.Kind, [p.Count]))];
    }

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var number = Read(storage, storage.Type.Shape, at, at, outside is null);
        return outside is null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    /// <summary>The number of a code.</summary>
    /// <param name="shape">Of the tensor that groups are of.</param>
    /// <param name="code">Where its code lies, <paramref name="at"/> its place in the tensor.</param>
    /// <param name="inside">Whether every index is inside; else reads give something for any.</param>
    internal Expr Read(Storage storage, Shape shape, Seq<Expr> code, Seq<Expr> at, bool inside)
    {
        var group = Partition(shape).At(at);
        return Number(Code.Read(storage, code, inside ? null : Math.Max(0, Code.Range.Low)), (name, entry) =>
        {
            // An entry is within its table whatever the place is.
            if (Shared.FirstOrDefault(p => p.Name == name) is { } table) return storage.Load(name, [entry]).As(Scalar.F32);
            var line = Lines.FirstOrDefault(p => p.Name == name);
            var parameter = line ?? Parameters.First(p => p.Name == name);
            var read = storage.Load(name, line is not null ? [at[Across]] : parameter.Count == 1 ? group : [.. group, entry], inside ? null : Ir.Number.Of(Scalar.F32, 0.0).As(parameter.Kind));
            return read.As(parameter.Kind.IsReal ? Scalar.F32 : Scalar.I32);
        });
    }

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape) => Encode(numbers, default, shape);

    /// <summary>Rounds every number to the nearest of the best grid of its group.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public Seq<Bytes> Encode(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance, Shape shape)
    {
        var (codes, grids) = Choose(numbers.ToArray(), importance.ToArray(), shape);
        return Pack(Laid(codes, shape), grids, shape);
    }

    /// <summary>The best grid of each group, and for every number the code nearest to it.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public (int[] Codes, Grid[] Grids) Choose(float[] numbers, float[] importance, Shape shape)
    {
        var (partition, codes, fit) = (Partition(shape), new int[numbers.Length], Fitter(numbers, importance, shape));
        var grids = new Grid[partition.Count(shape)];
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, grids.Length), range =>
        {
            for (var g = range.Item1; g < range.Item2; g++)
            {
                var members = partition.Members(shape, g);
                var mine = Gather(numbers, members);
                var grid = grids[g] = fit(g, mine, importance.Length == 0 ? [] : Gather(importance, members));
                for (var i = 0; i < members.Length; i++) codes[members[i]] = grid.Nearest(mine[i]);
            }
        });
        return (codes, grids);
    }

    /// <summary>The codes of a tensor in the order in which they are stored: their own, where a format does not say another.</summary>
    /// <param name="codes">One for each number, in row-major order.</param>
    public virtual int[] Laid(int[] codes, Shape shape) => codes;

    /// <summary>The planes of chosen codes.</summary>
    /// <param name="codes">In the order in which they are stored.</param>
    /// <param name="grids">One for each group, in the order of <see cref="Ir.Partition.Shape"/>.</param>
    /// <param name="shape">Of the tensor that groups are of.</param>
    public Seq<Bytes> Pack(int[] codes, Grid[] grids, Shape shape)
    {
        var planes = Code.Pack(codes).ToList();
        var first = 0;
        foreach (var parameter in Parameters)
        {
            var numbers = new float[grids.Length * parameter.Count];
            for (var g = 0; g < grids.Length; g++) grids[g].Parameters.Slice(first, parameter.Count).CopyTo(numbers.AsSpan(g * parameter.Count));
            planes.Add(Numbers.Pack(parameter.Kind, numbers));
            first += parameter.Count;
        }
        foreach (var (i, line) in Lines.Index())
        {
            var numbers = new float[shape[Across].Whole];
            for (var g = 0; g < grids.Length; g++) numbers[Line(shape, g)] = grids[g].Line[i];
            planes.Add(Numbers.Pack(line.Kind, numbers));
        }
        first = 0;
        foreach (var table in Shared)
        {
            planes.Add(Numbers.Pack(table.Kind, grids.Length == 0 ? new float[table.Count] : grids[0].Shared.Slice(first, table.Count)));
            first += table.Count;
        }
        return [.. planes];
    }

    /// <summary>The index of <see cref="Across"/> that a group has.</summary>
    private protected int Line(Shape shape, int group)
    {
        var inner = shape.Skip(Across + 1).Aggregate(1L, (size, extent) => size * extent.Whole);
        return (int)(Partition(shape).Members(shape, group)[0] / inner % shape[Across].Whole);
    }

    private static float[] Gather(ReadOnlySpan<float> numbers, int[] places)
    {
        var all = new float[places.Length];
        for (var i = 0; i < all.Length; i++) all[i] = numbers[places[i]];
        return all;
    }
}
