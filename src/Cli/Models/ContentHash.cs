using System.Security.Cryptography;

namespace Lathe.Cli;

/// <summary>What a file, or a folder with all in it, holds, as one SHA-256: of a file that of its bytes, of a folder that of its files' names and hashes in ordinal order.</summary>
internal static class ContentHash
{
    public static string Of(string path)
    {
        if (!Directory.Exists(path)) return OfFile(path);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).Order(StringComparer.Ordinal))
            all.AppendData(System.Text.Encoding.UTF8.GetBytes($"{OfFile(Path.Combine(path, name))}  {name}\n"));
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }

    private static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
