using Lathe.Runtime.Hosting;
using Lathe.Runtime.Images;

namespace Lathe.Onnx;

/// <summary>The operators of the host, as importing and the list of operators need them.</summary>
public static class HostList
{
    /// <summary>Those of Lathe.Runtime, and of the libraries beside it.</summary>
    public static HostOperators All { get; } = ImageHosting.Operators;

    /// <summary>What of an operator a C ABI cannot carry, whatever its operands; null where there is nothing.</summary>
    internal static string? CarriedBy(string domain, string op) => All.Named(domain, op).Select(o => o.Carries).FirstOrDefault(c => c is not null);

    /// <summary>The operators that the host has a part in, by ONNX's domains and names, in ordinal order: what they carry, and the type that says how.</summary>
    internal static Seq<(string Domain, string Operator, string? Carries, Type Source)> Known { get; } =
        [.. All.List.Where(o => o.Domain != Host.HostRaise.Own).SelectMany(o => o.Operators.Select(name => (o.Domain, name, o.Carries, o.GetType())))
            .Concat(Host.HostRaise.Every.SelectMany(r => r.Operators.Select(o => (o.Domain, o.Name, (string?)null, r.GetType()))))
            .GroupBy(o => (o.Item1, o.Item2)).Select(g => (g.Key.Item1, g.Key.Item2, g.Select(o => o.Item3).FirstOrDefault(c => c is not null), g.First().Item4))
            .OrderBy(o => o.Item1, StringComparer.Ordinal).ThenBy(o => o.Item2, StringComparer.Ordinal)];
}
