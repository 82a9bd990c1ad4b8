using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>From text to the tree that the grammar gives it.</summary>
internal static class Parsing
{
    /// <exception cref="DiagnosticException">The text does not have the form of the grammar.</exception>
    public static IrParser.FileContext File(string text, SourceFaults faults) => Rule(text, faults, parser => parser.file());

    /// <inheritdoc cref="File"/>
    public static IrParser.EncodingContext Encoding(string text, SourceFaults faults) => Rule(text, faults, parser => parser.encodingAlone().encoding());

    private static T Rule<T>(string text, SourceFaults faults, Func<IrParser, T> rule)
    {
        var lexer = new IrLexer(new AntlrInputStream(text));
        lexer.RemoveErrorListeners(); // a token for every character: nothing is left to say
        var tokens = new CommonTokenStream(lexer);
        tokens.Fill();
        SyntaxFaults.CheckNesting(tokens, faults);
        faults.Conclude();
        var parser = new IrParser(tokens);
        parser.RemoveErrorListeners();
        parser.AddErrorListener(new SyntaxFaults(faults));
        var tree = rule(parser);
        faults.Conclude();
        return tree;
    }
}
