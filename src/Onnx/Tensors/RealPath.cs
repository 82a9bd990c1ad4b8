namespace Lathe.Onnx;

/// <summary>Where a path leads once every link on the way is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as the kernel's own limit

    /// <exception cref="IOException">Links lead in a circle, or a folder cannot be read.</exception>
    public static string Of(string path)
    {
        var left = new Stack<string>(Parts(Path.GetFullPath(path)));
        var (real, links) = (Path.GetPathRoot(Path.GetFullPath(path))!, 0);
        while (left.TryPop(out var part))
        {
            if (part == "..") { real = Path.GetDirectoryName(real) ?? real; continue; }
            var next = Path.Join(real, part);
            if (new FileInfo(next).LinkTarget is not { } target) { real = next; continue; }
            if (++links > MostLinks) throw new IOException($"links lead in a circle at {part}");
            if (Path.IsPathRooted(target)) real = Path.GetPathRoot(target)!;
            foreach (var step in Parts(target)) left.Push(step);
        }
        return real;
    }

    /// <summary>Whether a real path lies below a real folder.</summary>
    public static bool IsBelow(string path, string folder) => path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The last part first, so that they can be pushed.</summary>
    private static IEnumerable<string> Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
