using System.Text.RegularExpressions;
using Antlr4.Runtime;
using Lathe.Grammars;
using Lathe.Ir;
using Lathe.Passes.Rewrites;
using Lathe.Passes.Selectors;
using Type = System.Type;

namespace Lathe.Passes;

/// <summary>
/// Reads the pipeline language. Faults name their place and what was probably meant, all at once: the LT300x of texts; LT3009 a selector where a pass takes none;
/// LT3010 an order that cannot run; LT3011 a rewrite, or a file that is included, that cannot work; LT3016 a setting where none can be.
/// </summary>
public sealed partial class PipelineReader
{
    private const int DeepestInclude = 16;

    /// <summary>The grammar's own words: a name that is one of them stands in quotes.</summary>
    private static readonly HashSet<string> Words = [.. Enumerable.Range(1, PipelineLexer.ruleNames.Length).Select(PipelineLexer.DefaultVocabulary.GetLiteralName).OfType<string>().Select(literal => literal.Trim('\'')).Where(word => Identifier().IsMatch(word))];

    private readonly SourceFaults faults;
    private readonly PipelineSetting setting;
    private readonly OptionReader options;
    private readonly SelectorReader selectors;
    private readonly IReadOnlyDictionary<string, Type> passes;
    private readonly Seq<string> around;
    private readonly List<Rewrite> rewrites = [];
    private readonly List<Pass> found = [];
    private readonly List<Selector> kept = [];
    private readonly List<Setting> settings = [];
    private readonly List<(IToken At, Setting Setting)> settingsOfIncluded = [];
    private bool isInFile;
    private int choices;

    /// <param name="given">What parameters stand for.</param>
    /// <param name="around">Files that include this one, this one last.</param>
    private PipelineReader(SourceFaults faults, PipelineSetting setting, IReadOnlyDictionary<string, PipelineParser.ValueContext> given, Seq<string> around)
    {
        (this.faults, this.setting, this.around) = (faults, setting, around);
        (options, passes) = (new(faults, given), PassList.Known(setting.Plugins));
        selectors = new(faults, options);
    }

    /// <summary>Reads a pipeline file.</summary>
    /// <param name="text">As <see cref="Pipeline.Print"/> writes it.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="plugins">Assemblies with passes beside the tool's own.</param>
    /// <exception cref="DiagnosticException">Everything that is wrong with it.</exception>
    public static Pipeline Read(string text, string file = "", params IEnumerable<System.Reflection.Assembly> plugins) => Read(text, file, new PipelineSetting { Plugins = [.. plugins] });

    /// <inheritdoc cref="Read(string, string, IEnumerable{System.Reflection.Assembly})"/>
    /// <param name="setting">What the pipeline may speak of.</param>
    public static Pipeline Read(string text, string file, PipelineSetting setting) => Read(text, file, setting, null, null, [file]);

    /// <summary>Reads passes as a command line gives them: the inside of a pipeline's braces.</summary>
    /// <inheritdoc cref="Read(string, string, IEnumerable{System.Reflection.Assembly})"/>
    public static Pipeline ReadLine(string text, string file = "", params IEnumerable<System.Reflection.Assembly> plugins) => ReadLine(text, file, new PipelineSetting { Plugins = [.. plugins] });

    /// <inheritdoc cref="ReadLine(string, string, IEnumerable{System.Reflection.Assembly})"/>
    /// <param name="setting">What the passes may speak of.</param>
    /// <param name="rewrites">Rewrites that they may name.</param>
    public static Pipeline ReadLine(string text, string file, PipelineSetting setting, params IEnumerable<Rewrite> rewrites)
    {
        var faults = new SourceFaults(text, file);
        var tree = Parse(text, faults, parser => parser.line());
        var reader = new PipelineReader(faults, setting, new Dictionary<string, PipelineParser.ValueContext>(), [file]);
        reader.rewrites.AddRange(rewrites);
        reader.Statements(tree.statements());
        return reader.Concluded("passes");
    }

    /// <summary>What a pipeline file says of the whole compilation beside its passes, its own before that of files it includes.</summary>
    /// <inheritdoc cref="Read(string, string, PipelineSetting)"/>
    public static Seq<Setting> Settings(string text, string file, PipelineSetting setting) => Read(text, file, setting with { IsForSettings = true }).Settings;

    /// <summary>Whether a pipeline's name stands bare.</summary>
    internal static bool IsFree(string name) => Identifier().IsMatch(name) && !Words.Contains(name);

    /// <param name="given">Parameters that the file that includes this one gives, and the reader of that.</param>
    private static Pipeline Read(string text, string file, PipelineSetting setting, PipelineParser.OptionContext[]? given, PipelineReader? by, Seq<string> around)
    {
        var faults = new SourceFaults(text, file);
        var tree = Parse(text, faults, parser => parser.file());
        var parameters = new Dictionary<string, PipelineParser.ValueContext>(StringComparer.Ordinal);
        foreach (var parameter in tree.pipeline()?.parameter() ?? [])
            if (!parameters.TryAdd(parameter.name().GetText(), parameter.value())) faults.Add("LT3003", parameter.Start, $"{parameter.name().GetText()} is given twice");
        foreach (var option in given ?? [])
        {
            if (!parameters.ContainsKey(option.name().GetText())) throw by!.faults.Unknown(option.Start, "parameter", option.name().GetText(), parameters.Keys, parameters.Count == 0 ? $"{file} has none" : $"{file} has {string.Join(", ", parameters.Keys)}");
            parameters[option.name().GetText()] = by!.options.Resolved(option.value());
        }
        var reader = new PipelineReader(faults, setting, parameters, around) { isInFile = true };
        foreach (var include in setting.IsForSettings ? [] : tree.include()) faults.Try(include.Start, () => reader.rewrites.AddRange(reader.Included(include.STRING().Symbol, null).Rewrites));
        foreach (var rewrite in setting.IsForSettings ? [] : tree.rewrite()) reader.Declare(rewrite);
        var name = "passes";
        if (tree.pipeline() is { } pipeline)
        {
            faults.Try(pipeline.label().Start, () => name = OptionReader.Text(pipeline.label().Start));
            reader.Statements(pipeline.statements());
        }
        return reader.Concluded(name);
    }

    private static T Parse<T>(string text, SourceFaults faults, Func<PipelineParser, T> rule)
    {
        var lexer = new PipelineLexer(new AntlrInputStream(text));
        lexer.RemoveErrorListeners(); // a token for every character: nothing is left to say
        var tokens = new CommonTokenStream(lexer);
        tokens.Fill();
        SyntaxFaults.CheckNesting(tokens, faults);
        faults.Conclude();
        var parser = new PipelineParser(tokens);
        parser.RemoveErrorListeners();
        parser.AddErrorListener(new SyntaxFaults(faults));
        var tree = rule(parser);
        faults.Conclude();
        return tree;
    }

    private Pipeline Concluded(string name)
    {
        // What a file says itself goes before what those it includes do; two of those must agree.
        foreach (var (at, setting) in settingsOfIncluded)
            if (settings.Find(s => s.Name == setting.Name) is not { } known) settings.Add(setting);
            else if (known != setting && settingsOfIncluded.Exists(s => s.Setting == known)) faults.Add("LT3003", at, $"{setting.Name} is set to something else by a file that is included before", $"say here which it is: {setting}");
        faults.Conclude();
        return new(name, [.. found], [.. kept]) { Rewrites = [.. rewrites], Settings = [.. settings] };
    }

    private void Declare(PipelineParser.RewriteContext context)
    {
        var name = context.name().GetText();
        if (rewrites.Any(r => r.Name == name)) faults.Add("LT3003", context.name().Start, $"{name} is a rewrite already");
        else if (passes.ContainsKey(name) || name == RewritePass.AllOfThem) faults.Add("LT3003", context.name().Start, $"{name} is a pass already", "a rewrite is named in pipelines as passes are: call it otherwise");
        else if (new RewriteReader(faults).Read(context) is { } rewrite) rewrites.Add(rewrite);
    }

    private void Statements(PipelineParser.StatementsContext statements)
    {
        foreach (var statement in statements.statement()) faults.Try(statement.Start, () => Statement(statement));
    }

    private void Statement(PipelineParser.StatementContext statement)
    {
        switch (statement)
        {
            case PipelineParser.PassContext named when named.name().GetText() == Setting.Word:
                Set(named);
                break;
            case PipelineParser.IncludedContext include when setting.IsForSettings:
                settingsOfIncluded.AddRange(Included(include.STRING().Symbol, include.option()).Settings.Select(s => (include.Start, s)));
                break;
            case var _ when setting.IsForSettings: break;
            case PipelineParser.KeepContext keep:
                kept.Add(selectors.Read(keep.on().selector()));
                break;
            case PipelineParser.PassContext named:
                Add(named.Start, Read(named));
                break;
            case PipelineParser.ChoiceContext choice:
                foreach (var nested in choice.statements().SelectMany(s => s.statement()).OfType<PipelineParser.PassContext>().Where(s => s.name().GetText() == Setting.Word))
                    faults.Add("LT3016", nested.Start, "what is compiled for cannot follow from what is compiled for", "set stands outside of if");
                var holds = selectors.Holds(choice.selector(), setting.Target?.Invoke());
                choices++;
                if (holds) Statements(choice.statements(0));
                else if (choice.statements().Length > 1) Statements(choice.statements(1));
                choices--;
                break;
            case PipelineParser.IncludedContext include:
                var other = Included(include.STRING().Symbol, include.option());
                if (choices > 0 && other.Settings is [var inside, ..]) throw faults.At("LT3016", include.STRING().Symbol, $"{include.STRING().GetText()} says {inside}: what is compiled for cannot follow from what is compiled for", "include it outside of if");
                if (other.Passes.Count == 0 && other.Settings.Count == 0) throw faults.At("LT3011", include.STRING().Symbol, $"{include.STRING().GetText()} has no pipeline", "rewrites alone are included before the pipeline begins");
                rewrites.AddRange(other.Rewrites.Where(r => !rewrites.Contains(r)));
                kept.AddRange(other.Kept);
                settingsOfIncluded.AddRange(other.Settings.Select(s => (include.Start, s)));
                var on = include.on() is { } where ? selectors.Read(where.selector()) : null;
                foreach (var pass in other.Passes)
                    Add(include.Start, on is null || !pass.TakesSelector ? pass : pass with { On = pass.On is null ? on : new All([pass.On, on]) });
                break;
        }
    }

    private void Set(PipelineParser.PassContext context)
    {
        if (!isInFile) throw faults.At("LT3016", context.Start, "what holds for the whole compilation is set in a file; on a command line it is an option", "write --cpu x86-64-v3 in place of set(cpu=\"x86-64-v3\")");
        if (choices > 0) return; // told with both sides of the choice
        if (context.on() is { } on) throw faults.At("LT3009", on.Start, "what is set holds for the whole compilation, it takes no selector");
        if (context.option() is []) throw faults.At("LT3004", context.Start, "set what?", "set(cpu=\"x86-64-v3\"), set(objective=size)");
        foreach (var option in context.option())
            faults.Try(option.Start, () =>
            {
                var name = option.name().GetText();
                if (setting.Settable is { } known && !known.Contains(name)) throw faults.Unknown(option.Start, "setting", name, known, "options of lathe compile, with _ for -");
                if (settings.Exists(s => s.Name == name)) throw faults.At("LT3003", option.Start, $"{name} is set twice");
                settings.Add(new(name, options.Texts(option.value())));
            });
    }

    private void Add(IToken at, Pass pass)
    {
        if (found.Find(p => p.Stage >= Stage.Lower) is { } lowered && pass is not ProgramPass) throw faults.At("LT3010", at, $"{pass.Name} runs on graphs, after {lowered.Name} there is a program", $"name {pass.Name} before {lowered.Name}");
        found.Add(pass);
    }

    /// <summary>What another file holds; its faults are told with those of this one.</summary>
    private Pipeline Included(IToken at, PipelineParser.OptionContext[]? given)
    {
        var file = NameText.Unquoted(at.Text);
        if (around.Contains(file)) throw faults.At("LT3011", at, $"{string.Join(" includes ", around.SkipWhile(f => f != file))} includes {file}: without end");
        if (around.Count > DeepestInclude) throw faults.At("LT3007", at, $"files include one another more than {DeepestInclude} deep");
        if (setting.Open(file) is not { } text) throw faults.At("LT3011", at, $"there is no file {file}", "a path is relative to the file that includes it");
        try { return Read(text, file, setting, given, this, [.. around, file]); }
        catch (DiagnosticException e)
        {
            faults.Add(e.Diagnostics);
            throw new StatementFault();
        }
    }

    private Pass Read(PipelineParser.PassContext context)
    {
        var name = context.name().GetText();
        Pass pass;
        if ((rewrites.Find(r => r.Name == name) ?? PluginRewrites.All.FirstOrDefault(r => r.Name == name)) is { } rewrite) pass = new RewritePass { Rewrites = [rewrite] };
        else if (name == RewritePass.AllOfThem && rewrites.Count > 0) pass = new RewritePass { Rewrites = [.. rewrites], IsAll = true };
        else if (passes.TryGetValue(name, out var record)) pass = (Pass)options.Record(record, context.Start, context.option());
        else throw faults.Unknown(context.Start, "pass", name, passes.Keys.Concat(rewrites.Concat(PluginRewrites.All).Select(r => r.Name)), name == RewritePass.AllOfThem ? "this file has no rewrites" : "lathe passes lists them");
        if (pass is RewritePass && context.option() is [var option, ..]) throw faults.At("LT3004", option.Start, $"{name} is a rewrite, it has no options");
        if (context.on() is not { } on) return pass;
        if (!pass.TakesSelector) throw faults.At("LT3009", on.Start, $"{name} acts on the whole program, it takes no selector", $"{string.Join(", ", passes.Where(p => PassList.Prototype(p.Value).TakesSelector).Select(p => p.Key))} take one");
        return pass with { On = selectors.Read(on.selector()) };
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.]*\z")]
    private static partial Regex Identifier();
}
