using System.CommandLine;
using System.Reflection;
using Lathe.Cli.Verbs;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Options of a compile as <c>set</c> in a pipeline file says them, and back: <c>--max-arena 1MiB</c> is <c>set(max_arena="1MiB")</c>.</summary>
internal static class PipelineWords
{
    /// <summary>What a pipeline is made of itself, where the files go, and how the tool talks.</summary>
    private static readonly HashSet<string> Never = ["pipeline", "passes", "rewrites", "quantize", "prune", "factorize", "output_dir", "quiet", "json"];

    private static readonly string[] Paths = ["FILE", "PATH", "DIR", "FILE.o", "KEY.pem"];

    private static readonly Lazy<IReadOnlyDictionary<string, (bool IsFlag, string Value)>> Known = new(() => Options(typeof(Compile)).Where(o => !Never.Contains(o.Name)).ToDictionary(o => o.Name, o => (o.IsFlag, o.Value), StringComparer.Ordinal));

    /// <summary>What may be set.</summary>
    public static IReadOnlyCollection<string> Settable => [.. Known.Value.Keys];

    /// <summary>The words of a command line that say what the pipeline file that it names sets, and it does not. Those that its verb has no option for are left out.</summary>
    /// <remarks>Nothing is said here of what is wrong with the file: it is read again, whole.</remarks>
    public static IReadOnlyList<string> Of(ParseResult parsed, RecordSymbols symbols)
    {
        if (symbols.Options.Find(o => o.Name == "--pipeline") is not { } named || parsed.GetResult(named) is not { Implicit: false, Tokens: [.., { Value: var file }] } || BuiltInPipelines.Is(file) || !File.Exists(file)) return [];
        var folder = Path.GetDirectoryName(file) ?? "";
        Seq<Setting> settings;
        try { settings = PipelineReader.Settings(File.ReadAllText(file), Path.GetFileName(file), new() { Settable = Settable, Open = name => BuiltInPipelines.Is(name) ? BuiltInPipelines.Text(name) : Path.Combine(folder, name) is var path && File.Exists(path) ? File.ReadAllText(path) : null }); }
        catch (DiagnosticException) { return []; }
        return [.. settings.Where(s => symbols.Options.Find(o => o.Name == Option(s.Name)) is { } own && parsed.GetResult(own) is null or { Implicit: true }).SelectMany(s => Words(s, folder))];
    }

    /// <summary>What was given of what may be set.</summary>
    public static Seq<Setting> Given(ParseResult parsed, RecordSymbols symbols) =>
        // Only a verb that takes pipelines asks, so only it pays.
        !symbols.Options.Exists(o => o.Name == "--pipeline") ? [] :
        [.. from option in symbols.Options
            let name = option.Name[2..].Replace('-', '_')
            where Known.Value.ContainsKey(name)
            let result = parsed.GetResult(option)
            where result is { Implicit: false }
            select new Setting(name, Known.Value[name].IsFlag ? ["true"] : result.Tokens is [] ? [""] : [.. result.Tokens.Select(t => t.Value)])];

    /// <summary>The same as a file in a folder says it, which is where its paths begin.</summary>
    public static Seq<Setting> Beside(Seq<Setting> settings, string folder) => [.. settings.Select(s => s with { Values = [.. s.Values.Select(v => Moved(s.Name, v, path => Path.IsPathRooted(path) ? path : Path.GetRelativePath(folder, path).Replace('\\', '/')))] })];

    private static IEnumerable<string> Words(Setting setting, string folder)
    {
        var (option, known) = (Option(setting.Name), Known.Value[setting.Name]);
        if (known.IsFlag) return setting.Values is ["true"] ? [option] : setting.Values is ["false"] ? [] : throw new UsageException($"{setting}: {option} takes true or false");
        return setting.Values.Select(value => value == "" ? option : $"{option}={Moved(setting.Name, value, path => Path.Combine(folder, path))}");
    }

    /// <summary>A value whose path, if it is or holds one, is another.</summary>
    private static string Moved(string setting, string value, Func<string, string> move) => value == "" ? value
        : Known.Value[setting].Value is var kind && Paths.Contains(kind) ? move(value)
        : kind == "NAME=FILE" && value.Split('=', 2) is [var name, var file] ? $"{name}={move(file)}"
        : value;

    private static string Option(string setting) => "--" + setting.Replace('_', '-');

    private static IEnumerable<(string Name, bool IsFlag, string Value)> Options(Type record) =>
        record.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters().SelectMany(p =>
            p.GetCustomAttribute<OptionAttribute>() is { } option ? [(RecordText.Snake(p.Name!), p.ParameterType == typeof(bool), option.Value)]
            : p.GetCustomAttribute<ArgumentAttribute>() is not null ? []
            : Options(p.ParameterType));
}
