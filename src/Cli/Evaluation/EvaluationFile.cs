using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;

namespace Lathe.Cli;

/// <summary>
/// How accuracy is measured, kept in a file so that builds and later checks measure alike: options of <c>lathe eval</c>, one a line
/// (<c>--metric top1</c>), lines that begin with # are comments, paths are from the file's folder.
/// </summary>
internal sealed class EvaluationFile
{
    /// <summary>What <c>eval</c> asks for, without the models and what is printed.</summary>
    private sealed record Protocol(MetricOptions Of, DataOptions On);

    private readonly string folder;

    private EvaluationFile(string path, Protocol protocol, Seq<string> lines)
    {
        (Path, folder, Lines) = (path, System.IO.Path.GetDirectoryName(path) ?? "", lines);
        Of = protocol.Of with { Alphabet = From(protocol.Of.Alphabet) };
        var items = protocol.On.Items;
        On = protocol.On with
        {
            Data = From(protocol.On.Data)!,
            Labels = From(protocol.On.Labels),
            Classes = From(protocol.On.Classes),
            Items = items with { Vocab = From(items.Vocab), Input = [.. items.Input.Select(input => input with { Path = From(input.Path)! })] },
        };
    }

    public string Path { get; }
    public MetricOptions Of { get; }
    public DataOptions On { get; }

    /// <summary>The options as the file has them, without comments.</summary>
    public Seq<string> Lines { get; }

    /// <summary>What is read for it: itself and the data, files or folders.</summary>
    public Seq<string> Files => [Path, .. new[] { On.Data, On.Labels, On.Classes, On.Items.Vocab, Of.Alphabet }.OfType<string>().Concat(On.Items.Input.Select(input => input.Path)).Select(NamedArray.FileOf)];

    /// <summary>The same, folders with all in them: what a build watches.</summary>
    public IEnumerable<string> Watched => Files.SelectMany(file => Directory.Exists(file) ? Directory.EnumerateFiles(file, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Prepend(file) : [file]);

    /// <summary>SHA-256 of the options and of all data.</summary>
    public string Hash()
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Lines.Concat(Files.Skip(1).Select(ContentHash.Of))) all.AppendData(System.Text.Encoding.UTF8.GetBytes(part + "\n"));
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    /// <exception cref="DiagnosticException">There is no such file, or it says what eval does not take; with the line.</exception>
    public static EvaluationFile Read(string path)
    {
        if (!File.Exists(path)) throw InputFault.NoFile(path);
        var (symbols, command, words, lines) = (new RecordSymbols(typeof(Protocol)), new RootCommand(), new List<string>(), new List<string>());
        foreach (var option in symbols.Options) command.Options.Add(option);
        foreach (var (i, line) in File.ReadLines(path).Index().Select(l => (l.Index, l.Item.Trim())).Where(l => l.Item2 != "" && l.Item2[0] != '#'))
        {
            var parts = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (!command.Options.Any(o => o.Name == parts[0] || o.Aliases.Contains(parts[0])))
                throw Wrong(path, i, $"eval measures nothing by '{parts[0]}'", Spelling.Nearest(parts[0], command.Options.Select(o => o.Name)) is { } near ? $"the nearest is {near}" : "a line is an option of lathe eval: --metric top1");
            words.AddRange(parts);
            lines.Add(string.Join(' ', parts));
        }
        var parsed = command.Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var first, ..]) throw Wrong(path, 0, first.Message, "--metric and --data are needed, --labels mostly");
        try { return new(path, (Protocol)symbols.Make(parsed), [.. lines]); }
        catch (UsageException e) { throw Wrong(path, 0, e.Message, e.Diagnostics[0].Remedy); }
    }

    private static DiagnosticException Wrong(string path, int line, string message, string remedy) => new(new Diagnostic("LT5321", message, $"{System.IO.Path.GetFileName(path)}:{line + 1}:1", remedy));

    private string? From(string? path) => path is null ? null : System.IO.Path.Combine(folder, path);
}
