using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>The version of each domain's operators that a model or function is written in.</summary>
internal sealed class Opsets
{
    /// <summary>Versions of the standard operators that are read.</summary>
    public const long Oldest = 1, Newest = 28;
    /// <summary>Versions of the file format that are read.</summary>
    public const long OldestIr = 1, NewestIr = 13;

    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);

    public Opsets(IEnumerable<OperatorSetIdProto> imports)
    {
        // Of a domain that is imported twice, as old converters write, the newer version counts.
        foreach (var import in imports) versions[Domain(import.Domain)] = Math.Max(import.Version, versions.GetValueOrDefault(Domain(import.Domain)));
    }

    /// <summary>The version of a domain, or null where it is not imported.</summary>
    public long? this[string domain] => versions.TryGetValue(Domain(domain), out var version) ? version : null;

    public Seq<(string Domain, long Version)> All => [.. versions.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => (v.Key, v.Value))];

    /// <summary>The standard operators' domain has two names.</summary>
    public static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    public static string Show(string domain) => domain == "" ? "ai.onnx" : domain;

    /// <summary>What is wrong with the versions of a model.</summary>
    public IEnumerable<Diagnostic> Check(long irVersion)
    {
        if (irVersion < OldestIr) yield return Faults.OldIr(irVersion);
        if (irVersion > NewestIr) yield return Faults.NewIr(irVersion);
        if (this[""] < Oldest) yield return Faults.OldOpset(this[""]!.Value);
        if (this[""] > Newest) yield return Faults.NewOpset(this[""]!.Value);
    }
}
