using System.CommandLine;
using System.Reflection;
using System.Text;

namespace Lathe.Cli;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    private const int Width = 100;

    public static string OfTool(RecordSymbols settings)
    {
        var text = new StringBuilder("Lathe compiles ONNX models into small, fast native libraries.\n\nusage: lathe VERB … [OPTIONS]   (lathe VERB --help says more)\n\n");
        Rows(text, "verbs", CommandLine.Verbs.Select(v => (v.Name, CommandLine.Describe(v.Record))));
        Rows(text, "options of every verb", settings.Options.Select(Row).Append(("--help", "this text, or a verb's")).Append(("--version", "the tool's version")));
        Rows(text, "exit codes",
        [
            ("0", "done"), ("1", "the model, an input or the machine is at fault"), ("2", "wrong usage"), ("3", "an internal error"),
            ("4", "done, but a tolerance that was asked for was not met"), ("130", "interrupted"),
        ]);
        text.Append("Words of a command line may stand in a file: lathe compile @options.txt\n");
        return text.ToString();
    }

    public static string OfVerb(string name, Type verb, RecordSymbols symbols)
    {
        var usage = string.Concat(symbols.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{Plural(a)}]" : $" {Plural(a)}"));
        var required = string.Concat(symbols.Options.Where(o => o.Required).Select(o => $" {o.Aliases.FirstOrDefault() ?? o.Name} {o.HelpName}"));
        var text = new StringBuilder($"lathe {name}: {CommandLine.Describe(verb)}\n\nusage: lathe {name}{usage}{required}{(symbols.Options.Any(o => !o.Required) ? " [OPTIONS]" : "")}\n\n");
        Rows(text, "arguments", symbols.Arguments.Select(a => (a.Name, a.Description ?? "")));
        Rows(text, "options", symbols.Options.Select(Row));
        var examples = verb.GetCustomAttributes<ExampleAttribute>().ToList();
        if (examples.Count > 0) text.Append("examples\n");
        foreach (var example in examples) text.Append($"  # {example.What}\n  {example.Command}\n");
        return text.ToString();
    }

    private static string Plural(Argument argument) => argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "…" : argument.Name;

    private static (string, string) Row(Option option)
    {
        var several = option.Arity.MaximumNumberOfValues > 1 ? "; may be repeated" : "";
        var value = option.HelpName is { Length: > 0 } name && option.Arity.MaximumNumberOfValues > 0 ? " " + name : "";
        return (string.Join(", ", option.Aliases.Append(option.Name)) + value, option.Description + several);
    }

    /// <summary>Two columns; a left side that is too long stands on a line of its own.</summary>
    private static void Rows(StringBuilder text, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        text.Append(title).Append('\n');
        var column = Math.Min(30, all.Max(r => r.Left.Length) + 4);
        foreach (var (left, right) in all)
        {
            text.Append("  ").Append(left);
            var at = left.Length + 2;
            if (at + 2 > column) at = NewLine();
            else { text.Append(' ', column - at); at = column; }
            foreach (var word in right.Split(' '))
            {
                if (at + word.Length > Width) at = NewLine();
                text.Append(word).Append(' ');
                at += word.Length + 1;
            }
            text.Length--;
            text.Append('\n');
        }
        text.Append('\n');

        int NewLine()
        {
            if (text[^1] == ' ') text.Length--;
            text.Append('\n').Append(' ', column);
            return column;
        }
    }
}
