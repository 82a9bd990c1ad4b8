using System.Text;
using System.Text.RegularExpressions;

namespace Lathe.Codegen.Llvm;

/// <summary>
/// Adds DWARF to a module of kernels: a subprogram with the node's own name for each function, and the line of the program's text that its kernel begins at
/// for each instruction. The code itself stays the same.
/// </summary>
public static partial class DebugText
{
    /// <summary>Of DWARF; gdb and perf of 2018 read it.</summary>
    private const int DwarfVersion = 4, DebugVersion = 3;

    /// <param name="module">LLVM assembly of one kernel, as the emitter writes it: an instruction a line, two spaces before it.</param>
    /// <param name="kernel">The name of the kernel.</param>
    /// <param name="places">Where kernels begin.</param>
    public static string Add(string module, string kernel, DebugPlaces places)
    {
        var lines = module.Split('\n');
        var line = places.LineOf(kernel);
        var next = lines.Count(l => l.StartsWith('!'));
        var (text, facts) = (new StringBuilder(module.Length * 2), new StringBuilder());
        string Fact(string fact)
        {
            var name = $"!{(next++).Text()}";
            facts.Append(name).Append(" = ").Append(fact).Append('\n');
            return name;
        }
        var file = Fact($"!DIFile(filename: \"{places.File}\", directory: \"\")");
        var unit = Fact($"distinct !DICompileUnit(language: DW_LANG_C99, file: {file}, producer: \"lathe\", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)");
        var type = Fact("!DISubroutineType(types: !{null})");
        var place = "";
        foreach (var (number, written) in lines.Index())
        {
            if (number > 0) text.Append('\n');
            if (Defined().Match(written) is { Success: true } defined)
            {
                var function = Fact($"distinct !DISubprogram(name: \"{Escaped(Name(kernel, defined.Groups["symbol"].Value))}\", linkageName: \"{Escaped(defined.Groups["symbol"].Value)}\", scope: {file}, file: {file}, line: {line.Text()}, type: {type}, scopeLine: {line.Text()}, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: {unit})");
                place = $", !dbg {Fact($"!DILocation(line: {line.Text()}, column: 1, scope: {function})")}";
                text.Append(written.AsSpan(0, written.Length - 2)).Append(" !dbg ").Append(function).Append(" {");
            }
            else text.Append(written).Append(written.StartsWith("  ", StringComparison.Ordinal) ? place : "");
        }
        var flags = (Fact($"!{{i32 7, !\"Dwarf Version\", i32 {DwarfVersion.Text()}}}"), Fact($"!{{i32 2, !\"Debug Info Version\", i32 {DebugVersion.Text()}}}"));
        return text.Append("\n!llvm.dbg.cu = !{").Append(unit).Append("}\n!llvm.module.flags = !{").Append(flags.Item1).Append(", ").Append(flags.Item2).Append("}\n").Append(facts).ToString();
    }

    /// <summary>The kernel's name; a part of it that runs on other threads says so.</summary>
    private static string Name(string kernel, string symbol) => Parallel().Match(symbol) is { Success: true } part ? $"{kernel} {part.Groups["part"].Value}" : kernel;

    private static string Escaped(string name)
    {
        var text = new StringBuilder();
        foreach (var unit in Encoding.UTF8.GetBytes(name))
            if (unit is >= 0x20 and < 0x7f and not ((byte)'"' or (byte)'\\')) text.Append((char)unit);
            else text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\{unit:X2}");
        return text.ToString();
    }

    [GeneratedRegex("""^define .*?@"(?<symbol>[^"]*)"\(.* \{$""")]
    private static partial Regex Defined();

    [GeneratedRegex(@"\.(?<part>parallel[0-9]+)(\.body)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Parallel();
}
