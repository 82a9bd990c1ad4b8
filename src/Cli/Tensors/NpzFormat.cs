namespace Lathe.Cli;

/// <summary>NumPy's file of several arrays: an array for each input of its name; one that holds a single array serves a single input whatever its name.</summary>
internal sealed class NpzFormat : TensorFormat
{
    public override IReadOnlyList<string> Extensions => [".npz"];

    public override IEnumerable<(Value For, Tensor Tensor)> Read(string path, IReadOnlyList<Value> wanted, ImageOptions images)
    {
        var arrays = Npz.Read(path);
        if (arrays is [var only] && wanted is [var one]) return [(one, only.Tensor)];
        var found = wanted.SelectMany(v => arrays.Where(a => a.Name == v.Name).Select(a => (v, a.Tensor))).ToList();
        return found.Count > 0 ? found : throw InputFault.NotInArchive(wanted[0].Name, path, arrays.Select(a => a.Name));
    }
}
