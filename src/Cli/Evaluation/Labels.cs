namespace Lathe.Cli;

/// <summary>What the items of a data set are: a class, a text, or a number for each place.</summary>
/// <param name="Numbers">An entry for each item; null where they are words.</param>
/// <param name="Texts">As words.</param>
internal sealed record Labels(IReadOnlyList<long[]>? Numbers, IReadOnlyList<string> Texts)
{
    /// <exception cref="DiagnosticException">LT5310: nothing can be read from it, or a class has no number.</exception>
    public static Labels Read(string path, string? classes)
    {
        if (NamedArray.Opens(path)) return Of(NamedArray.Read(path));
        if (Idx.Opens(path)) return Of(Idx.Read(path));
        if (!File.Exists(path)) throw InputFault.NoFile(path);
        var lines = Lines(path).Select(line => Path.GetExtension(path) == ".tsv" ? line.Split('\t')[^1] : line).ToList();
        if (classes is not null && Lines(classes).Index().DistinctBy(c => c.Item).ToDictionary(c => c.Item, c => (long)c.Index, StringComparer.Ordinal) is var named && lines.TrueForAll(named.ContainsKey))
            return new([.. lines.Select(line => new[] { named[line] })], lines);
        return new(lines.TrueForAll(line => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) ? [.. lines.Select(line => new[] { long.Parse(line, CultureInfo.InvariantCulture) })] : null, lines);
    }

    private static Labels Of(Tensor all)
    {
        if (all.Shape.Count == 0) throw new DiagnosticException(new Diagnostic("LT5310", "labels are a single number", "", "they are one for each item"));
        List<long[]> numbers = [.. FrameStream.Entries(all).Select(e => e.ToDoubles().Select(x => (long)x).ToArray())];
        return new(numbers, [.. numbers.Select(n => string.Join(' ', n))]);
    }

    /// <summary>Lines of a file, without what stands for a line's end.</summary>
    public static List<string> Lines(string path) => File.Exists(path) ? [.. File.ReadAllText(path).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r'))] : throw InputFault.NoFile(path);
}
