using System.Globalization;

namespace Lathe.Codegen.Gpu;

/// <summary>Names that C# takes, each given once in its kernel.</summary>
internal sealed class Identifiers
{
    private static readonly HashSet<string> Reserved = new(["Num", "Math", "Kernel", "Action", "KernelConfig", "AcceleratorStream", "Warp", "System", "ILGPU", "Grid", "Group", "XMath", "Interop", "LocalMemory", "ArrayView", "bool", "byte", "case", "char", "const", "do", "double", "else", "false", "float", "for", "if", "in", "int", "is", "long", "new", "null", "out",
        "ref", "sbyte", "short", "this", "true", "uint", "ulong", "ushort", "var", "void", "while", "as", "base", "break", "catch", "checked", "class", "decimal", "default", "delegate", "enum", "event", "explicit", "extern", "finally", "fixed", "foreach", "goto", "implicit",
        "interface", "internal", "lock", "namespace", "object", "operator", "override", "params", "private", "protected", "public", "readonly", "return", "sealed", "sizeof", "stackalloc", "static", "string", "struct", "switch", "throw", "try", "typeof", "unchecked", "unsafe", "using", "virtual", "volatile", "continue", "abstract"], StringComparer.Ordinal);

    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>The name itself where C# takes it and it is free, else one near it.</summary>
    public string Next(string wanted)
    {
        var plain = Plain(wanted);
        if (!Reserved.Contains(plain) && taken.Add(plain)) return plain;
        for (var n = 2; ; n++)
            if ($"{plain}_{n.ToString(CultureInfo.InvariantCulture)}" is var numbered && taken.Add(numbered)) return numbered;
    }

    /// <summary>Letters, digits and underscores of a name; others stand as underscores.</summary>
    public static string Plain(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Trim('_');
        return plain == "" ? "x" : char.IsAsciiDigit(plain[0]) ? "n" + plain : plain;
    }
}
