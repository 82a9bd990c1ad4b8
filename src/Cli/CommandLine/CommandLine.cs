using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;

namespace Lathe.Cli;

/// <summary>From the words of a command line to a verb, and from its end to an exit code.</summary>
public static class CommandLine
{
    /// <summary>The verbs there are, by name: records of this assembly.</summary>
    internal static IReadOnlyList<(string Name, Type Record)> Verbs { get; } =
        [.. typeof(Verb).Assembly.GetTypes().Where(t => t.BaseType == typeof(Verb)).Select(t => (OptionText.Kebab(t.Name), t)).OrderBy(v => v.Item1, StringComparer.Ordinal)];

    /// <summary>Runs one command line to its end; every problem is reported to the session.</summary>
    public static ExitCode Run(IReadOnlyList<string> arguments, Session session)
    {
        string? reproduction = null;
        try
        {
            var verb = Parse(arguments, session, ref reproduction);
            return verb?.Execute(session) ?? ExitCode.Done;
        }
        catch (Exception e)
        {
            return Failure.Report(e, arguments, reproduction, session);
        }
        finally { session.Finish(); }
    }

    /// <summary>The verb of a command line; null where it asked for help, which is written.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    private static Verb? Parse(IReadOnlyList<string> arguments, Session session, ref string? reproduction)
    {
        var settings = new RecordSymbols(typeof(Settings));
        var root = Root(arguments, settings, out var symbols);
        var parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false });
        var name = parsed.CommandResult.Command.Name;
        var known = symbols.TryGetValue(name, out var own);
        if (parsed.GetResult(root.Options.OfType<HelpOption>().First()) is { Implicit: false } || arguments.Count == 0)
        {
            session.Output.Write(known ? HelpText.OfVerb(name, Verbs.First(v => v.Name == name).Record, own!) : HelpText.OfTool(settings));
            return null;
        }
        if (parsed.GetResult(root.Options.OfType<VersionOption>().First()) is { Implicit: false })
        {
            session.Output.WriteLine(EntryPoint.Version);
            return null;
        }
        var given = (Settings)settings.Make(parsed);
        (session.Form, reproduction) = (given.Diagnostics, given.Repro);
        if (parsed.Errors is [var first, ..]) throw Wrong(first.Message, parsed, known ? name : "");
        PluginLoader.Load(given.Plugin);
        if (!known) throw new UsageException("no verb is given", "lathe --help lists them");
        // What a pipeline file sets counts as if it stood here, where it does not.
        if (PipelineWords.Of(parsed, own!) is { Count: > 0 } words)
        {
            parsed = root.Parse([.. arguments, .. words], new ParserConfiguration { EnablePosixBundling = false });
            if (parsed.Errors is [var fault, ..]) throw Wrong(fault.Message, parsed, name);
        }
        return (Verb)own!.Make(parsed) with { Given = PipelineWords.Given(parsed, own) };
    }

    /// <summary>The command line's shape. Options are read off their records only for the verb that is asked for.</summary>
    private static RootCommand Root(IReadOnlyList<string> arguments, RecordSymbols settings, out Dictionary<string, RecordSymbols> symbols)
    {
        var root = new RootCommand();
        symbols = new(StringComparer.Ordinal);
        foreach (var option in settings.Options)
        {
            option.Recursive = true;
            root.Options.Add(option);
        }
        var one = Verbs.Any(v => v.Name == arguments.FirstOrDefault());
        foreach (var (name, record) in Verbs)
        {
            var command = new Command(name);
            root.Subcommands.Add(command);
            if (one && name != arguments[0]) continue;
            var own = symbols[name] = new RecordSymbols(record);
            foreach (var argument in own.Arguments) command.Arguments.Add(argument);
            foreach (var option in own.Options) command.Options.Add(option);
        }
        return root;
    }

    private static UsageException Wrong(string message, ParseResult parsed, string verb)
    {
        var names = verb == "" ? Verbs.Select(v => v.Name) : parsed.CommandResult.Command.Options.SelectMany(o => o.Aliases.Prepend(o.Name));
        var nearest = parsed.UnmatchedTokens is [var token, ..] ? Spelling.Nearest(token.Split('=')[0], names) : null;
        if (verb == "" && parsed.UnmatchedTokens is [var word, ..]) message = $"there is no verb '{word}'";
        return new(message, nearest is null ? $"lathe {(verb == "" ? "" : verb + " ")}--help" : $"the nearest is {nearest}");
    }

    /// <summary>The line that describes a verb.</summary>
    internal static string Describe(Type verb) => verb.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
}
