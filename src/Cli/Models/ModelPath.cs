using Lathe.Codegen.Package;

namespace Lathe.Cli;

/// <summary>What the user named: a model or an artifact.</summary>
internal static class ModelPath
{
    private const string InFolder = "model.onnx";

    /// <summary>The file itself: a folder stands for the <c>model.onnx</c> in it.</summary>
    public static string Resolve(string path) => Directory.Exists(path) && File.Exists(Path.Combine(path, InFolder)) ? Path.Combine(path, InFolder) : path;

    /// <summary>Whether the file is a compiled library, by its first bytes.</summary>
    public static bool IsArtifact(string path)
    {
        if (!File.Exists(path)) return path.EndsWith(".so", StringComparison.Ordinal);
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && (start.SequenceEqual("\u007fELF"u8) || start.SequenceEqual("\0asm"u8));
    }

    /// <summary>What a model is called: its file's name, or its folder's where the file is just <c>model.onnx</c>; as a C identifier.</summary>
    public static string NameOf(string path)
    {
        var full = Path.GetFullPath(path);
        var name = Path.GetFileName(full) == InFolder ? Path.GetFileName(Path.GetDirectoryName(full)) : Path.GetFileNameWithoutExtension(full);
        return ModelInterface.Identifier(string.IsNullOrEmpty(name) ? "model" : name);
    }
}
