using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Verdicts on rewrites, each found once: kept in this process, and in a folder by the hash of the rewrite's text and of this assembly.</summary>
public static class Verdicts
{
    private static readonly ConcurrentDictionary<(string, Machine), Verdict> Known = new();

    /// <param name="folder">Where they are kept; null: nowhere. One that cannot be used costs time and nothing else.</param>
    public static Verdict Of(Rewrite rewrite, Machine machine, string? folder) => Known.GetOrAdd((rewrite.ToString(), machine), _ => Read(rewrite, machine, folder));

    private static Verdict Read(Rewrite rewrite, Machine machine, string? folder)
    {
        var path = folder is null ? null : Path.Combine(folder, Hash(rewrite, machine) + ".verdict");
        try
        {
            if (path is not null && File.Exists(path) && File.ReadAllText(path).Split('\n', 3) is [var outcome, var cases, var detail] && Enum.TryParse<Outcome>(outcome, out var known))
                return new(known, detail, int.Parse(cases, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException) { }
        var verdict = new RewriteTrial(rewrite, machine).Run();
        if (path is null) return verdict;
        try
        {
            Directory.CreateDirectory(folder!);
            var draft = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{verdict.Outcome}\n{verdict.Cases}\n{verdict.Detail}"));
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        return verdict;
    }

    private static string Hash(Rewrite rewrite, Machine machine) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
        $"{rewrite}\n{machine.Name}\n{typeof(Verdicts).Module.ModuleVersionId}\n{typeof(Op).Module.ModuleVersionId}")))[..32];
}
