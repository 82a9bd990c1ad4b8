using System;
using System.IO;

namespace Lathe.Build;

/// <summary>The project's file, to say on which line an item is: MSBuild hands items over without their places.</summary>
internal sealed class ProjectText(string path)
{
    private readonly string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];

    /// <summary>Line and column, from 1 on, of the item that includes this; zeros where it stands in no such form.</summary>
    public (int Line, int Column) Find(string include)
    {
        if (include == "") return (0, 0);
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].IndexOf("TensorModel", StringComparison.Ordinal) >= 0 && lines[i].Replace('\\', '/').IndexOf(include.Replace('\\', '/'), StringComparison.Ordinal) is var at && at >= 0)
                return (i + 1, at + 1);
        return (0, 0);
    }
}
