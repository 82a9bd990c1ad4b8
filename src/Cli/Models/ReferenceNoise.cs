namespace Lathe.Cli;

/// <summary>
/// How far the reference that saved a collection's outputs is from itself, by model: <c>index.tsv</c> in the folder that holds the models' folders, with the
/// columns <c>name</c> and <c>ort_noise</c>, the largest difference of two of its runs (say, with and without optimizations) as a share of the largest
/// magnitude. No result can be held to less than what the expected one is worth.
/// </summary>
internal static class ReferenceNoise
{
    private const string File = "index.tsv", Name = "name", Noise = "ort_noise";

    /// <summary>How much of the noise a result may be off: two computations that each round differently, and one pair of runs that measured it.</summary>
    internal const double Times = 10;

    /// <summary>The tolerance of a model: where the user says nothing, ten times its reference's noise if that is more than the usual.</summary>
    /// <param name="model">Path of its file.</param>
    public static Tolerance Widened(Tolerance tolerance, string model) =>
        !tolerance.IsUsual || Of(model) is not { } noise || Times * noise <= Tolerance.UsualShare ? tolerance : tolerance with { AtolOfMax = Times * noise };

    private static double? Of(string model)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(model)) is not { } folder || Path.GetDirectoryName(folder) is not { } collection) return null;
        var index = Path.Combine(collection, File);
        if (!System.IO.File.Exists(index)) return null;
        var rows = System.IO.File.ReadLines(index).Select(line => line.Split('\t'));
        var header = rows.FirstOrDefault() ?? [];
        var (name, noise) = (Array.IndexOf(header, Name), Array.IndexOf(header, Noise));
        if (name < 0 || noise < 0) return null;
        var row = rows.FirstOrDefault(r => r.Length > Math.Max(name, noise) && r[name] == Path.GetFileName(folder));
        return row is not null && double.TryParse(row[noise], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1 ? value : null;
    }
}
