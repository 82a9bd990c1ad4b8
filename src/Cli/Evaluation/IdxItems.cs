namespace Lathe.Cli;

/// <summary>The entries of an IDX array, the form of MNIST's files: pictures of bytes, mostly.</summary>
internal sealed class IdxItems : ItemFormat
{
    public override string Name => "an IDX array (.idx…, -ubyte)";
    public override bool Opens(string path) => Idx.Opens(path);

    public override Items Open(string path, Value wanted, ItemOptions options)
    {
        var all = Idx.Read(path);
        return new(checked((int)all.Shape[0]), i => ItemTensor.Fit(FrameStream.Entry(all, i), wanted, options.Image));
    }
}
