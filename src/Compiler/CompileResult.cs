using Lathe.Runtime;

namespace Lathe.Compiler;

/// <summary>A model that was compiled.</summary>
public sealed class CompileResult
{
    /// <summary>Endings of what Lathe.Runtime opens on one system or another.</summary>
    private static readonly string[] Endings = [".so", ".dylib", ".dll", Package.Ending];

    internal CompileResult(IReadOnlyList<string> files, string report, IReadOnlyList<CompileMessage> messages) => (Files, Report, Messages) = (files, report, messages);

    /// <summary>All files that were written, by their whole paths.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What the compile tells of itself, as <c>lathe compile --json</c> does: times in ms, sizes in bytes, templates of kernels, what was compressed.</summary>
    public string Report { get; }

    /// <summary>Warnings and notes.</summary>
    public IReadOnlyList<CompileMessage> Messages { get; }

    /// <summary>The shared library or package among the files; null where the options ask for none.</summary>
    public string? Library => Files.FirstOrDefault(file => Endings.Contains(Path.GetExtension(file)));

    /// <summary>Opens the model, by its shared library or its package.</summary>
    /// <returns>To be disposed by the caller.</returns>
    /// <exception cref="InvalidOperationException">The options asked for no shared library.</exception>
    /// <exception cref="ArtifactException">It is for another machine; or a package of text, sequences or maps, which <see cref="Package.Open"/> opens.</exception>
    public Artifact Open() => Artifact.Open(Library ?? throw new InvalidOperationException("the options asked for no shared library, so there is nothing to open"));
}
