namespace Lathe.Cli;

/// <summary>An array in a file: <c>a.npy</c>, <c>a.npz</c> with one array, <c>a.npz:x</c>.</summary>
internal static class NamedArray
{
    public static bool Opens(string path) => Path.GetExtension(Split(path).File) is ".npy" or ".npz" && File.Exists(Split(path).File);

    public static Tensor Read(string path)
    {
        var (file, name) = Split(path);
        if (Path.GetExtension(file) == ".npy") return Npy.Read(file);
        var arrays = Npz.Read(file);
        return arrays.FirstOrDefault(a => name == "" ? arrays.Count == 1 : a.Name == name).Tensor ?? throw InputFault.NotInArchive(name, file, arrays.Select(a => a.Name));
    }

    /// <summary>The file that a name of an array is in.</summary>
    public static string FileOf(string path) => Split(path).File;

    private static (string File, string Name) Split(string path) =>
        path.LastIndexOf(".npz:", StringComparison.Ordinal) is >= 0 and var at && !File.Exists(path) ? (path[..(at + 4)], path[(at + 5)..]) : (path, "");
}
