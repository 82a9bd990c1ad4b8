using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Passes as a command line names them.</summary>
internal static class PassText
{
    /// <summary>A pass's place in the order; the second of one name is <c>NAME.2</c>.</summary>
    /// <exception cref="UsageException">No pass is called so.</exception>
    public static int Place(Seq<Pass> passes, string name) => Find(passes, name) is var place and >= 0 ? place
        : throw new UsageException($"no pass '{name}' runs", Spelling.Nearest(name, passes.Select(p => p.Name)) is { } nearest ? $"the nearest is {nearest}" : "lathe passes lists them");

    /// <summary>A pass's place in the order; -1 where it does not run.</summary>
    public static int Find(Seq<Pass> passes, string name) => Enumerable.Range(0, passes.Count).Select(i => Pipeline.Label(passes, i)).ToList().IndexOf(name);
}
