using System.Collections.Immutable;

namespace Lathe.Compiler;

/// <summary>
/// How a model is compiled; what is not said is as <c>lathe compile</c> does it by itself. Names are those of the item <c>TensorModel</c> in a build.
/// </summary>
public sealed record CompileOptions
{
    /// <summary>What functions and files are called, a C identifier; null: the model's own name.</summary>
    public string? Name { get; init; }

    /// <summary>Dimensions by name, each a number or a range: <c>["batch"] = "1"</c>, <c>["seq"] = "1..512"</c>.</summary>
    public ImmutableSortedDictionary<string, string> Dims { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Bounds of sizes that data decide, in elements.</summary>
    public ImmutableSortedDictionary<string, long> Max { get; init; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Processors, as <c>lathe targets</c> lists them; several are levels of code in one library. Empty: this machine's.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>A pipeline file (<c>lathe compile --emit=pipeline</c> writes one); null: the default passes.</summary>
    public string? Recipe { get; init; }

    /// <summary>Data for compression, a file or a folder; null: none.</summary>
    public string? Calibrate { get; init; }

    /// <summary>Anything else of <c>lathe compile</c>, a word each: <c>["--quantize", "int8"]</c>.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Whether what was compiled before is taken from the user's cache, and what is compiled now kept in it.</summary>
    public bool Cache { get; init; } = true;

    /// <summary>The words of the command line behind model and output.</summary>
    internal IEnumerable<string> Words()
    {
        if (Name is not null) yield return $"--name={Name}";
        foreach (var (name, extent) in Dims) yield return $"--dim={name}={extent}";
        foreach (var (name, bound) in Max) yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--max={name}={bound}");
        if (!Targets.IsDefaultOrEmpty) yield return $"--cpu={string.Join(',', Targets)}";
        if (Recipe is not null) yield return $"--pipeline={Path.GetFullPath(Recipe)}";
        if (Calibrate is not null) yield return $"--calibrate={Path.GetFullPath(Calibrate)}";
        foreach (var word in Options.IsDefault ? [] : Options) yield return word;
    }
}
