using System.Globalization;

namespace Lathe.Codegen.Gpu;

/// <summary>Names that a language takes, each given once in its kernel.</summary>
internal sealed class Identifiers(KernelLanguage language)
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>The name itself where the language takes it and it is free, else one near it.</summary>
    public string Next(string wanted)
    {
        var plain = Plain(wanted);
        if (!language.IsTaken(plain) && taken.Add(plain)) return plain;
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
