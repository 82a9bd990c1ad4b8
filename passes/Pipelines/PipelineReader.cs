using System.Text.RegularExpressions;
using Antlr4.Runtime;
using Lathe.Grammars;
using Lathe.Ir;
using Lathe.Passes.Selectors;
using Type = System.Type;

namespace Lathe.Passes;

/// <summary>Reads the pipeline language. Faults name their place and what was probably meant, all at once: the LT300x of texts; LT3009 a selector where a pass takes none; LT3010 an order that cannot run.</summary>
public sealed partial class PipelineReader
{
    private static readonly HashSet<string> Words = ["and", "keep", "not", "on", "or", "pipeline"];

    private readonly SourceFaults faults;
    private readonly OptionReader options;
    private readonly IReadOnlyDictionary<string, Type> passes;

    private PipelineReader(SourceFaults faults, IEnumerable<System.Reflection.Assembly> plugins) =>
        (this.faults, options, passes) = (faults, new(faults), PassList.Known(plugins));

    /// <summary>Reads a pipeline file.</summary>
    /// <param name="text">As <see cref="Pipeline.Print"/> writes it.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="plugins">Assemblies with passes beside the tool's own.</param>
    /// <exception cref="DiagnosticException">Everything that is wrong with it.</exception>
    public static Pipeline Read(string text, string file = "", params IEnumerable<System.Reflection.Assembly> plugins)
    {
        var faults = new SourceFaults(text, file);
        var tree = Parse(text, faults, parser => parser.file());
        return new PipelineReader(faults, plugins).Read(tree.label(), tree.statements());
    }

    /// <summary>Reads passes as a command line gives them: the inside of a pipeline's braces.</summary>
    /// <inheritdoc cref="Read(string, string, IEnumerable{System.Reflection.Assembly})"/>
    public static Pipeline ReadLine(string text, string file = "", params IEnumerable<System.Reflection.Assembly> plugins)
    {
        var faults = new SourceFaults(text, file);
        var tree = Parse(text, faults, parser => parser.line());
        return new PipelineReader(faults, plugins).Read(null, tree.statements());
    }

    /// <summary>Whether a pipeline's name stands bare.</summary>
    internal static bool IsFree(string name) => Identifier().IsMatch(name) && !Words.Contains(name);

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

    private Pipeline Read(PipelineParser.LabelContext? label, PipelineParser.StatementsContext statements)
    {
        var (found, kept, lowered) = (new List<Pass>(), new List<Selector>(), (Pass?)null);
        var name = "passes";
        if (label is not null) faults.Try(label.Start, () => name = OptionReader.Text(label.Start));
        foreach (var statement in statements.statement())
            faults.Try(statement.Start, () =>
            {
                if (statement is PipelineParser.KeepContext keep) kept.Add(Read(keep.on().selector()));
                else if (statement is PipelineParser.PassContext named)
                {
                    var pass = Read(named);
                    if (lowered is not null && pass is not ProgramPass) throw faults.At("LT3010", named.Start, $"{pass.Name} runs on graphs, after {lowered.Name} there is a program", $"name {pass.Name} before {lowered.Name}");
                    if (pass.Stage >= Stage.Lower) lowered ??= pass;
                    found.Add(pass);
                }
            });
        faults.Conclude();
        return new(name, [.. found], [.. kept]);
    }

    private Pass Read(PipelineParser.PassContext context)
    {
        var name = context.name().GetText();
        if (!passes.TryGetValue(name, out var record)) throw faults.Unknown(context.Start, "pass", name, passes.Keys, "lathe passes lists them");
        var pass = (Pass)options.Record(record, context.Start, context.option());
        if (context.on() is not { } on) return pass;
        if (!pass.TakesSelector) throw faults.At("LT3009", on.Start, $"{name} acts on the whole program, it takes no selector", $"{string.Join(", ", passes.Where(p => PassList.Prototype(p.Value).TakesSelector).Select(p => p.Key))} take one");
        return pass with { On = Read(on.selector()) };
    }

    private Selector Read(PipelineParser.SelectorContext context) => context.all() is [var only] ? Read(only) : new Any([.. context.all().Select(Read)]);

    private Selector Read(PipelineParser.AllContext context) => context.one() is [var only] ? Read(only) : new All([.. context.one().Select(Read)]);

    private Selector Read(PipelineParser.OneContext context) => context switch
    {
        PipelineParser.NotContext not => new Not(Read(not.one())),
        PipelineParser.ParensContext parens => Read(parens.selector()),
        PipelineParser.CriterionContext criterion => Read(criterion),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Criterion Read(PipelineParser.CriterionContext context)
    {
        var name = context.name().GetText();
        if (!Criterion.Known.TryGetValue(name, out var record)) throw faults.Unknown(context.Start, "criterion", name, Criterion.Known.Keys, $"there are {string.Join(", ", Criterion.Known.Keys)}");
        if (context.term() is []) throw faults.At("LT3004", context.Start, $"{name} of what?", Criterion.Describe(record));
        return (Criterion)Activator.CreateInstance(record, options.Terms(context.term(), RecordText.Parameters(record)[0].Type.GetGenericArguments()[0]))!;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.]*\z")]
    private static partial Regex Identifier();
}
