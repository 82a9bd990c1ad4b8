using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Codegen.Llvm;

/// <summary>Where debuggers and profilers find a kernel: in the text of the program, as <c>--emit=ir</c> writes it.</summary>
/// <param name="File">Its name; no path.</param>
/// <param name="Lines">The line that each kernel begins at, from 1.</param>
public sealed record DebugPlaces(string File, IReadOnlyDictionary<string, int> Lines)
{
    private readonly Origins known = new(Lines.Keys);

    /// <summary>The line of a kernel, or of the one that it is a form of; 0 where there is none.</summary>
    public int LineOf(string kernel) => known.Of(kernel) is { } name ? Lines[name] : 0;

    /// <param name="file">The name that the text will have.</param>
    /// <param name="text">As it is written.</param>
    public static DebugPlaces Of(Program program, string file, string text)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (number, line) in text.Split('\n').Index().Where(l => l.Item.StartsWith("kernel ", StringComparison.Ordinal)))
            if (program.Kernels.FirstOrDefault(k => line.StartsWith($"kernel {NameText.Bare(k.Name)}(", StringComparison.Ordinal)) is { } kernel) lines[kernel.Name] = number + 1;
        return new(file, lines);
    }
}
