using System.Text.RegularExpressions;
using Lathe.Ir;
using Encoding = System.Text.Encoding;

namespace Lathe.Codegen.Llvm;

/// <summary>What the text of a function shows of its stack.</summary>
/// <param name="Names">Functions that it names.</param>
/// <param name="Alignment">The most that something it reserves is aligned to; 0 where it reserves nothing.</param>
/// <param name="Grows">Whether it reserves anything elsewhere than where it begins: its frame then has no size.</param>
internal sealed record FunctionText(Seq<string> Names, int Alignment, bool Grows);

/// <summary>Reads off LLVM assembly which functions each function names. A name that is handed on counts as a call: so run the bodies of parallel loops.</summary>
internal static partial class CallGraph
{
    /// <param name="ir">A module as LLVM prints it.</param>
    /// <returns>Each defined function, in the order of the text.</returns>
    public static IReadOnlyDictionary<string, FunctionText> Of(string ir)
    {
        var (all, declared) = (new Dictionary<string, FunctionText>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (function, names, alignment, begins, grows) = ("", new List<string>(), 0, true, false);
        foreach (var line in ir.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("define ")) (function, names, alignment, begins, grows) = (Name(Names().Match(line.ToString()).Value), [], 0, true, false);
            else if (line.StartsWith("declare ")) declared.Add(Name(Names().Match(line.ToString()).Value));
            else if (line is "}") all[function] = new([.. names.Distinct()], alignment, grows);
            else if (line.StartsWith("  "))
            {
                if (line.Contains('@')) names.AddRange(Names().Matches(line.ToString()).Select(m => Name(m.Value)));
                begins &= !line.StartsWith("  br ") && !line.StartsWith("  switch ");
                if (!line.Contains(" = alloca ", StringComparison.Ordinal)) continue;
                grows |= !begins;
                if (Aligned().Match(line.ToString()) is { Success: true } aligned)
                    alignment = Math.Max(alignment, int.Parse(aligned.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        return all.ToDictionary(f => f.Key, f => f.Value with { Names = [.. f.Value.Names.Where(name => declared.Contains(name) || all.ContainsKey(name))] }, StringComparer.Ordinal);
    }

    /// <summary>LLVM Language Reference, Identifiers: bare, or in quotes with bytes as <c>\xx</c>.</summary>
    [GeneratedRegex("""@("[^"]*"|[-a-zA-Z$._0-9]+)""")]
    private static partial Regex Names();

    [GeneratedRegex(", align ([0-9]+)")]
    private static partial Regex Aligned();

    private static string Name(string text)
    {
        if (!text.StartsWith("@\"", StringComparison.Ordinal)) return text[1..];
        var (bytes, quoted) = (new List<byte>(), Encoding.UTF8.GetBytes(text[2..^1]));
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\') bytes.Add(quoted[i]);
            else
            {
                bytes.AddRange(Convert.FromHexString(Encoding.ASCII.GetString(quoted, i + 1, 2)));
                i += 2;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
