using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>How a model that no one artifact serves is made for the inputs of a case: with its extents, and if need be with its whole numbers, which may decide shapes.</summary>
/// <param name="Dims">Every dimension that the file leaves open.</param>
/// <param name="Constants">Inputs that become weights.</param>
internal sealed record Specialisation(Seq<DimBinding> Dims, Seq<(string Name, Tensor Contents)> Constants)
{
    /// <summary>Most numbers of an input that may be a shape, an axis or a size.</summary>
    private const int MostWhole = 64;

    /// <summary>Whether there is anything to be made special.</summary>
    public static bool IsPossible(ModelOutline outline) => outline.Inputs.Any(i => IsWhole(i) || i.Dims.Any(IsOpen));

    /// <summary>The inputs as their files are read: kinds and counts of axes are all that is known of them.</summary>
    public static IReadOnlyList<Value> Inputs(ModelOutline outline) =>
        [.. outline.Inputs.Select(i => new Value(i.Name, new TensorType([.. i.Dims.Select(d => long.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : (Expr)Symbol.Of(d))], Scalars.Parse(i.Kind) ?? Scalar.F32)))];

    /// <summary>What to try, in order: extents alone, then whole numbers too.</summary>
    /// <param name="given">Dimensions that the user has bound.</param>
    public static IEnumerable<Specialisation> For(ModelOutline outline, IReadOnlyList<Tensor> inputs, Seq<DimBinding> given)
    {
        Seq<DimBinding> dims = [.. given.Concat(outline.Inputs.Zip(inputs).SelectMany(i => Bindings(i.First, i.Second.Shape))).DistinctBy(d => d.Name)];
        Seq<(string Name, Tensor Contents)> whole = [.. outline.Inputs.Zip(inputs).Where(i => IsWhole(i.First) && i.Second.Count <= MostWhole).Select(i => (i.First.Name, i.Second))];
        yield return new(dims, []);
        if (whole.Count > 0) yield return new([.. dims.Where(d => !whole.Any(c => d.Name.StartsWith(c.Name + ".", StringComparison.Ordinal)))], whole);
    }

    /// <summary>The extents that the file leaves open.</summary>
    private static IEnumerable<DimBinding> Bindings(OutlineInput input, Seq<long> shape) =>
        from axis in input.Dims.Zip(shape).Index()
        where IsOpen(axis.Item.First)
        select new DimBinding(axis.Item.First == "?" ? string.Create(CultureInfo.InvariantCulture, $"{input.Name}.{axis.Index}") : axis.Item.First, axis.Item.Second, axis.Item.Second);

    private static bool IsOpen(string dim) => !long.TryParse(dim, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Whether an input may be a shape, an axis or a size.</summary>
    private static bool IsWhole(OutlineInput input) => input.Kind is "i64" or "i32";

    /// <summary>As results say it.</summary>
    public override string ToString() => string.Join(", ", Dims.Select(d => d.ToString()).Concat(Constants.Select(c => $"the case's {c.Name}")));
}
