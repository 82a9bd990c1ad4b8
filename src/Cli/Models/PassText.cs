using System.Text.RegularExpressions;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Passes as a command line names them: <c>simplify, fuse(repeat=8)</c>.</summary>
internal static partial class PassText
{
    /// <exception cref="UsageException">A pass or an option is unknown.</exception>
    public static Seq<Pass> Parse(string text)
    {
        var (all, found) = (PassList.All(), new List<Pass>());
        var end = 0;
        foreach (Match match in Named().Matches(text))
        {
            if (match.Index != end) break;
            end += match.Length;
            found.Add(Make(all[Place(all, match.Groups["name"].Value)].GetType(), match.Groups["options"].Value));
        }
        if (end != text.Length || found.Count == 0) throw new UsageException($"--passes '{text}': cannot be read from '{text[end..]}' on", "name, name(option=value, option=value), …");
        return [.. found];
    }

    /// <summary>A pass's place in the order.</summary>
    /// <exception cref="UsageException">No pass is called so.</exception>
    public static int Place(Seq<Pass> passes, string name)
    {
        var place = passes.ToList().FindIndex(p => p.Name == name);
        return place >= 0 ? place : throw new UsageException($"there is no pass '{name}'", Spelling.Nearest(name, passes.Select(p => p.Name)) is { } nearest ? $"the nearest is {nearest}" : "lathe passes lists them");
    }

    private static Pass Make(Type record, string options)
    {
        var given = options.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=', 2, StringSplitOptions.TrimEntries)).ToDictionary(o => o[0], o => o.ElementAtOrDefault(1) ?? "true", StringComparer.Ordinal);
        var (parameters, name) = (RecordText.Parameters(record), RecordText.Snake(record.Name));
        if (given.Keys.FirstOrDefault(key => parameters.All(p => p.Name != key)) is { } unknown)
            throw new UsageException($"{name} has no option {unknown}", parameters.Count == 0 ? "it has none" : $"its options are {string.Join(", ", parameters.Select(p => p.Name))}");
        return (Pass)RecordText.Make(record, p => given.TryGetValue(p.Name, out var text) ? OptionText.Read(p.Type, $"{name}: {p.Name}", [text]) : null);
    }

    [GeneratedRegex(@"\s*(?<name>\w+)\s*(\((?<options>[^()]*)\))?\s*(,|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();
}
