using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Verdicts on rewrites, each found once: kept in this process, and in a folder by the hash of the rewrite's text, of the machine, and of the code that it was tested with: the tool's and plugins'.</summary>
public static class Verdicts
{
    private static readonly ConcurrentDictionary<string, Verdict> Known = new(StringComparer.Ordinal);

    /// <param name="folder">Where they are kept; null: nowhere. One that cannot be used costs time and nothing else.</param>
    /// <param name="again">What was found before does not count; what is found now does from then on.</param>
    public static Verdict Of(Rewrite rewrite, Machine machine, string? folder, bool again = false)
    {
        var key = Key(rewrite, machine);
        return again ? Known[key] = Find(rewrite, machine, Place(folder, key)) : Known.GetOrAdd(key, _ => Place(folder, key) is { } path && Read(path) is { } kept ? kept : Find(rewrite, machine, Place(folder, key)));
    }

    private static string? Place(string? folder, string key) => folder is null ? null : Path.Combine(folder, key + ".verdict");

    /// <summary>Null where none is kept, or the file is damaged.</summary>
    private static Verdict? Read(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Split('\n', 3) is [var outcome, var cases, var detail]
                && Enum.TryParse<Outcome>(outcome, out var known) && Enum.IsDefined(known) && int.TryParse(cases, CultureInfo.InvariantCulture, out var number) ? new(known, detail, number) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    private static Verdict Find(Rewrite rewrite, Machine machine, string? path)
    {
        var verdict = new RewriteTrial(rewrite, machine).Run();
        if (path is null) return verdict;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{verdict.Outcome}\n{verdict.Cases}\n{verdict.Detail}"));
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        return verdict;
    }

    /// <summary>A plugin may bring the operators that a rewrite is of, and a machine's table what it costs.</summary>
    private static string Key(Rewrite rewrite, Machine machine) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"{rewrite}\n{machine}\n{typeof(Verdicts).Module.ModuleVersionId}\n{typeof(Op).Module.ModuleVersionId}\n{string.Join('\n', Vocabulary.Plugins.Select(p => $"{p.Name} {p.Assembly.ManifestModule.ModuleVersionId}"))}"))))[..32];
}
