namespace Lathe.Cli;

/// <summary>Entries of the first axis of a NumPy array.</summary>
internal sealed class ArrayItems : ItemFormat
{
    public override string Name => "an array (.npy, .npz[:ARRAY])";
    public override bool Opens(string path) => NamedArray.Opens(path);

    public override Items Open(string path, Value wanted, ItemOptions options)
    {
        var all = NamedArray.Read(path);
        if (all.Shape.Count == 0) throw new DiagnosticException(new Diagnostic("LT5303", $"{path} holds a single number", "", "stack the items along the first axis"));
        return new(checked((int)all.Shape[0]), i => ItemTensor.Fit(FrameStream.Entry(all, i), wanted, options.Image));
    }
}
