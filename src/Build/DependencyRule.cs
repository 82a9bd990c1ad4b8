using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Lathe.Build;

/// <summary>The rule that lathe compile -MF writes: what a model was made from.</summary>
internal static class DependencyRule
{
    /// <summary>The files behind the colon; none where there is no such rule yet.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        var files = new List<string>();
        if (!File.Exists(path)) return files;
        var text = File.ReadAllText(path);
        var word = new StringBuilder();
        var behind = false;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            var next = i + 1 < text.Length ? text[i + 1] : '\n';
            if (c == '\\' && next is ' ' or '#' or '\\') word.Append(text[++i]);
            else if (c == '$' && next == '$') word.Append(text[++i]);
            else if (c == '\\' && next is '\n' or '\r' || char.IsWhiteSpace(c))
            {
                if (word.Length > 0 && behind) files.Add(word.ToString());
                word.Clear();
            }
            else if (c == ':' && !behind && char.IsWhiteSpace(next))
            {
                behind = true;
                word.Clear();
            }
            else word.Append(c);
        }
        return files;
    }
}
