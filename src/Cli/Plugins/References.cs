using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Lathe.Cli;

/// <summary>What assemblies an assembly references, read without loading it.</summary>
internal static class References
{
    /// <exception cref="BadImageFormatException">It is no assembly of .NET.</exception>
    public static IReadOnlyList<AssemblyName> Of(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata) throw new BadImageFormatException("it has no metadata", path);
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle)).Select(r => new AssemblyName(metadata.GetString(r.Name)) { Version = r.Version })];
    }
}
