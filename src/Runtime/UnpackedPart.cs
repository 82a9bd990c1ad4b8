using Lathe.Runtime.Hosting;

namespace Lathe.Runtime;

/// <summary>The one part of a package that is the whole model, unpacked into a folder that goes when this is disposed.</summary>
internal sealed class UnpackedPart : IDisposable
{
    private readonly DirectoryInfo? folder;

    /// <exception cref="ArtifactException">It is no package, or the host has work of its own in it.</exception>
    public UnpackedPart(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var file = new PackageFile(path);
            if (!IsWhole(file.Program)) throw new ArtifactException($"{name} has work for the host ({string.Join(", ", Operators(file.Program))}): its values are no spans, Package.Open opens it");
            folder = Directory.CreateTempSubdirectory("lathe-package-");
            Library = file.Unpack(folder.FullName)[file.Program.Steps[0].Part];
        }
        catch (Exception e)
        {
            Dispose();
            if (Package.Fault(name, e) is { } fault) throw fault;
            throw;
        }
    }

    /// <summary>Its shared library.</summary>
    public string Library { get; } = "";

    public void Dispose()
    {
        folder?.Refresh();
        if (folder is { Exists: true }) folder.Delete(recursive: true);
    }

    /// <summary>Whether a run of the program is a run of one part, on the same tensors in the same order.</summary>
    private static bool IsWhole(HostProgram program) => program.Steps is [{ Node: null } step]
        && step.Inputs.SequenceEqual(program.Inputs.Select(i => i.Name), StringComparer.Ordinal) && step.Outputs.SequenceEqual(program.Outputs.Select(o => o.Name), StringComparer.Ordinal);

    private static IEnumerable<string> Operators(HostProgram program) => program.Steps.Where(s => s.Node is not null).Select(s => s.Node!.Operator).Distinct(StringComparer.Ordinal).DefaultIfEmpty($"{program.Steps.Length} parts");
}
