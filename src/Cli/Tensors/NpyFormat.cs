namespace Lathe.Cli;

/// <summary>NumPy's file of one array.</summary>
internal sealed class NpyFormat : SingleTensorFormat
{
    public override IReadOnlyList<string> Extensions => [".npy"];
    protected override Tensor Read(string path, Value wanted, ImageOptions images) => Npy.Read(path);
}
