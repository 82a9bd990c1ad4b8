using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Rewrites that plugins brought: they run with every default pipeline, and others may name them.</summary>
public static class PluginRewrites
{
    private static readonly List<Rewrite> Known = [];

    public static Seq<Rewrite> All => [.. Known];

    public static void Add(IEnumerable<Rewrite> rewrites) => Known.AddRange(rewrites);
}
