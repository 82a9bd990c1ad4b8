namespace Lathe.Cli;

/// <summary>A form of file that tensors are read from. To add one, add a file with a subclass.</summary>
internal abstract class TensorFormat
{
    /// <summary>The endings of its files, with the dot.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>The tensors of a file that a name is wanted for, by name.</summary>
    /// <param name="wanted">What they are for: shapes may be symbolic.</param>
    public abstract IEnumerable<(Value For, Tensor Tensor)> Read(string path, IReadOnlyList<Value> wanted, ImageOptions images);

    /// <summary>A file that holds one tensor, read for one value.</summary>
    public Tensor ReadOne(string path, Value wanted, ImageOptions images) => Read(path, [wanted], images).First().Tensor;

    private static IReadOnlyList<TensorFormat> All { get; } =
        [.. typeof(TensorFormat).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(TensorFormat)) && !t.IsAbstract).Select(t => (TensorFormat)Activator.CreateInstance(t)!)];

    public static IEnumerable<string> KnownExtensions => All.SelectMany(f => f.Extensions).Order(StringComparer.Ordinal);

    /// <exception cref="DiagnosticException">There is no such file, or its ending says nothing.</exception>
    public static TensorFormat Of(string path)
    {
        if (!File.Exists(path)) throw InputFault.NoFile(path);
        return All.FirstOrDefault(f => f.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)) ?? throw InputFault.Format(path, KnownExtensions);
    }
}

/// <summary>A form of file that holds one tensor.</summary>
internal abstract class SingleTensorFormat : TensorFormat
{
    public sealed override IEnumerable<(Value For, Tensor Tensor)> Read(string path, IReadOnlyList<Value> wanted, ImageOptions images)
    {
        if (wanted is not [var one]) throw InputFault.NameNeeded(path, [.. wanted.Select(v => v.Name)]);
        return [(one, Read(path, one, images))];
    }

    protected abstract Tensor Read(string path, Value wanted, ImageOptions images);
}
