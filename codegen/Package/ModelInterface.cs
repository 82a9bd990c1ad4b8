using System.Text;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>What a model looks like from C: its name, and C identifiers for its tensors and dimensions.</summary>
public sealed class ModelInterface
{
    private static readonly HashSet<string> Reserved = ["auto", "bool", "break", "case", "catch", "char", "class", "const", "continue", "default", "delete", "do", "double", "else", "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long", "namespace", "new", "operator", "private", "protected", "public", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "union", "unsigned", "using", "virtual", "void", "volatile", "while"];

    public ModelInterface(string name, Program program)
    {
        (Name, Program) = (name, program);
        Inputs = Unique(program.Inputs.Select(v => v.Name));
        Outputs = Unique(program.Outputs.Select(v => v.Name));
        Dimensions = Unique(program.Symbols.Select(s => s.Name));
    }

    /// <summary>Prefix of every function.</summary>
    public string Name { get; }
    public Program Program { get; }
    public IReadOnlyList<string> Inputs { get; }
    public IReadOnlyList<string> Outputs { get; }
    public IReadOnlyList<string> Dimensions { get; }

    /// <summary>The functions an artifact offers; all else in it is hidden.</summary>
    public IReadOnlyList<string> Exports => [.. new[] { "open", "close", "shapes", "workspace_bytes", "invoke", "run", "error", "contract" }.Select(f => $"{Name}_{f}")];

    /// <summary>Letters, digits and underscores; never empty, a keyword or a number first.</summary>
    public static string Identifier(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        return Reserved.Contains(text.ToString()) ? text.Append('_').ToString() : text.ToString();
    }

    private static List<string> Unique(IEnumerable<string> names)
    {
        var all = new List<string>();
        foreach (var name in names)
        {
            var (stem, unique) = (Identifier(name), Identifier(name));
            for (var i = 2; all.Contains(unique); i++) unique = $"{stem}_{i}";
            all.Add(unique);
        }
        return all;
    }
}
