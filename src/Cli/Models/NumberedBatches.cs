namespace Lathe.Cli;

/// <summary>Folders whose names are numbers, in that order.</summary>
internal static class NumberedBatches
{
    /// <exception cref="DiagnosticException">There is no such folder, or nothing in it.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        if (!Directory.Exists(folder)) throw InputFault.NoFile(folder);
        List<string> all = [.. Find(folder)];
        return all.Count > 0 ? all : throw new DiagnosticException(new Diagnostic("LT5305", $"{folder} holds no batches", "", "a batch is a folder named by its number, 0000, with input_0.npy in it"));
    }

    public static IEnumerable<string> Find(string folder) => Directory.GetDirectories(folder).Where(f => Path.GetFileName(f).All(char.IsAsciiDigit))
        .OrderBy(f => Path.GetFileName(f).TrimStart('0').Length).ThenBy(f => Path.GetFileName(f).TrimStart('0'), StringComparer.Ordinal);
}
