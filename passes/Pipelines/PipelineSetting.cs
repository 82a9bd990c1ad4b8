using System.Reflection;
using Lathe.Ir;
using Lathe.Passes.Selectors;

namespace Lathe.Passes;

/// <summary>What a pipeline may speak of beside itself.</summary>
public sealed record PipelineSetting
{
    /// <summary>Assemblies with passes beside the tool's own.</summary>
    public Seq<Assembly> Plugins { get; init; }

    /// <summary>The text of a file that <c>include</c> names; null where there is none.</summary>
    public Func<string, string?> Open { get; init; } = _ => null;

    /// <summary>What is compiled for, asked only where a pipeline asks; null where nobody knows.</summary>
    public Func<TargetFacts>? Target { get; init; }

    /// <summary>What <c>set</c> may name; null where anything goes.</summary>
    public IReadOnlyCollection<string>? Settable { get; init; }

    /// <summary>Only what <c>set</c> says is wanted: what is compiled for may follow from it, so no pass is looked at and no <c>if</c> asked.</summary>
    internal bool IsForSettings { get; init; }
}

/// <summary>What <c>if</c> in a pipeline may ask of what is compiled for.</summary>
/// <param name="Architecture">As LLVM names it: <c>x86_64</c>.</param>
/// <param name="Cpu">As <c>--cpu</c> names it; host is the processor's own name.</param>
/// <param name="System"><c>linux</c>, <c>windows</c>.</param>
public sealed record TargetFacts(string Architecture, string Cpu, string System, Objective Objective, bool Exact)
{
    /// <summary>What each condition looks at: <c>cpu("x86-64-v*")</c>.</summary>
    public static IReadOnlyDictionary<string, Func<TargetFacts, string>> Known { get; } = new SortedDictionary<string, Func<TargetFacts, string>>(StringComparer.Ordinal)
    {
        ["architecture"] = f => f.Architecture,
        ["cpu"] = f => f.Cpu,
        ["system"] = f => f.System,
        ["objective"] = f => RecordText.Show(f.Objective),
        ["exact"] = f => f.Exact ? "true" : "false",
    };

    /// <summary>Whether a fact is covered by one of some patterns.</summary>
    public bool Is(string fact, IEnumerable<string> patterns) => Known[fact](this) is var own && patterns.Any(p => new Glob(p).Covers(own));
}
