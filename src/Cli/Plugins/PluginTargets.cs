using Lathe.Sdk;

namespace Lathe.Cli;

/// <summary>Targets that plugins brought.</summary>
internal static class PluginTargets
{
    /// <summary>By name.</summary>
    public static IEnumerable<(string Name, ProgramTarget Target)> All => Vocabulary.Of<ProgramTarget>().Select(t => (Vocabulary.Word(t), (ProgramTarget)Activator.CreateInstance(t)!));

    /// <exception cref="UsageException">There is none called so.</exception>
    public static ProgramTarget Find(string name)
    {
        var all = All.ToList();
        return all.Find(t => t.Name == name).Target ?? throw new UsageException($"--target takes one of cpu, gpu{string.Concat(all.Select(t => $", {t.Name}"))}, it is given '{name}'",
            "--plugin FILE.dll loads a plugin with targets of its own; for processors see --cpu and --triple");
    }
}
