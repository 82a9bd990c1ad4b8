using System.Text;

namespace Lathe.Cli;

/// <summary>What a shell completes, read off the verbs: written once, it asks nothing of the tool while somebody types.</summary>
internal static class CompletionScript
{
    private sealed record Option(string Name, IReadOnlyList<string> Short, string About, IReadOnlyList<string> Choices, bool TakesValue);

    private sealed record Verb(string Name, string About, IReadOnlyList<Option> Options);

    public static string Print(Shell shell)
    {
        var common = Options(new RecordSymbols(typeof(Settings)));
        List<Verb> verbs = [.. CommandLine.Verbs.Select(v => new Verb(v.Name, CommandLine.Describe(v.Record), [.. Options(new RecordSymbols(v.Record)), .. common, new("--help", [], "what the verb takes", [], false)]))];
        return shell switch
        {
            Shell.Bash => Bash(verbs),
            Shell.Zsh => Zsh(verbs),
            Shell.Fish => Fish(verbs),
            _ => Pwsh(verbs),
        };
    }

    private static List<Option> Options(RecordSymbols symbols) =>
        [.. symbols.Options.Select(o => new Option(o.Name, [.. o.Aliases], Brief(o.Description ?? ""), o.HelpName is { } shown && shown.Contains('|', StringComparison.Ordinal) && shown.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '|' or '-') ? shown.Split('|') : [], o.Arity.MaximumNumberOfValues > 0))];

    private static string Bash(List<Verb> verbs)
    {
        var text = new StringBuilder("# bash: source <(lathe completions bash)\n_lathe() {\n  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\n  COMPREPLY=()\n");
        text.Append($"  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W \"{string.Join(' ', verbs.Select(v => v.Name))} --help --version\" -- \"$current\")); return; fi\n  case \"${{COMP_WORDS[1]}}$previous\" in\n");
        foreach (var verb in verbs)
            foreach (var option in verb.Options.Where(o => o.Choices.Count > 0)) text.Append($"    {verb.Name}{option.Name}) words=\"{string.Join(' ', option.Choices)}\" ;;\n");
        text.Append("    *) case \"$current\" in -*) case \"${COMP_WORDS[1]}\" in\n");
        foreach (var verb in verbs) text.Append($"      {verb.Name}) words=\"{string.Join(' ', verb.Options.SelectMany(o => o.Short.Append(o.Name)))}\" ;;\n");
        return text.Append("    esac ;; esac ;;\n  esac\n  [ -z \"$words\" ] || COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -o default -F _lathe lathe\n").ToString();
    }

    private static string Zsh(List<Verb> verbs)
    {
        var text = new StringBuilder("#compdef lathe\n_lathe() {\n  if (( CURRENT == 2 )); then\n    local -a verbs=(\n");
        foreach (var verb in verbs) text.Append($"      {Single($"{verb.Name}:{verb.About}")}\n");
        text.Append("    )\n    _describe verb verbs\n    return\n  fi\n  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n");
        foreach (var verb in verbs)
        {
            text.Append($"    {verb.Name}) _arguments");
            foreach (var option in verb.Options)
            {
                var about = option.About.Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
                var value = option.Choices.Count > 0 ? $":value:({string.Join(' ', option.Choices)})" : option.TakesValue ? ":value:_files" : "";
                foreach (var name in option.Short.Append(option.Name)) text.Append($" \\\n      {Single($"*{name}[{about}]{value}")}");
            }
            text.Append(" '*:file:_files' ;;\n");
        }
        return text.Append("  esac\n}\n[ \"$funcstack[1]\" = _lathe ] && _lathe \"$@\" || compdef _lathe lathe\n").ToString();
    }

    private static string Fish(List<Verb> verbs)
    {
        var text = new StringBuilder();
        foreach (var verb in verbs)
        {
            text.Append($"complete -c lathe -n __fish_use_subcommand -f -a {verb.Name} -d {FishText(verb.About)}\n");
            foreach (var option in verb.Options)
            {
                var value = option.Choices.Count > 0 ? $" -x -a {FishText(string.Join(' ', option.Choices))}" : option.TakesValue ? " -r" : "";
                var shorter = string.Concat(option.Short.Select(s => s.Length == 2 ? $" -s {s[1]}" : $" -o {s.TrimStart('-')}"));
                text.Append($"complete -c lathe -n '__fish_seen_subcommand_from {verb.Name}'{shorter} -l {option.Name[2..]}{value} -d {FishText(option.About)}\n");
            }
        }
        return text.ToString();
    }

    private static string Pwsh(List<Verb> verbs)
    {
        var text = new StringBuilder("Register-ArgumentCompleter -Native -CommandName lathe -ScriptBlock {\n  param($word, $ast, $position)\n  $verbs = [ordered]@{\n");
        foreach (var verb in verbs) text.Append($"    {Doubled(verb.Name)} = @({Doubled(verb.About)}, @({string.Join(", ", verb.Options.SelectMany(o => o.Short.Append(o.Name)).Select(Doubled))}))\n");
        text.Append("  }\n  $choices = @{\n");
        foreach (var verb in verbs)
            foreach (var option in verb.Options.Where(o => o.Choices.Count > 0)) text.Append($"    {Doubled($"{verb.Name} {option.Name}")} = @({string.Join(", ", option.Choices.Select(Doubled))})\n");
        return text.Append("""
              }
              $words = @($ast.CommandElements | ForEach-Object { "$_" })
              $at = if ($word -eq '') { $words.Count } else { $words.Count - 1 }
              if ($at -le 1) {
                $verbs.Keys | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $verbs[$_][0]) }
                return
              }
              $given = $choices["$($words[1]) $($words[$at - 1])"]
              if ($null -eq $given -and $word -like '-*' -and $verbs.Contains($words[1])) { $given = $verbs[$words[1]][1] }
              $given | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """).ToString();
    }

    /// <summary>What stands before the first stop: a completion has one line.</summary>
    private static string Brief(string about)
    {
        var end = about.IndexOfAny([';', '(']);
        return (end > 0 ? about[..end] : about).Trim();
    }

    private static string Single(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FishText(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Doubled(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>Shells that complete.</summary>
internal enum Shell { Bash, Zsh, Fish, Pwsh }
