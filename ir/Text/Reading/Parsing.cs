using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>From text to the tree that the grammar gives it.</summary>
internal static class Parsing
{
    /// <summary>Brackets inside one another, more than any dump has: a reader must not run out of stack.</summary>
    public const int DeepestNesting = 100;
    private const int MostExpected = 6;

    /// <exception cref="DiagnosticException">The text does not have the form of the grammar.</exception>
    public static IrParser.FileContext File(string text, SourceFaults faults)
    {
        var lexer = new IrLexer(new AntlrInputStream(text));
        lexer.RemoveErrorListeners(); // a token for every character: nothing is left to say
        var tokens = new CommonTokenStream(lexer);
        tokens.Fill();
        CheckNesting(tokens.GetTokens(), faults);
        faults.Conclude();
        var parser = new IrParser(tokens);
        parser.RemoveErrorListeners();
        parser.AddErrorListener(new Listener(faults));
        var file = parser.file();
        faults.Conclude();
        return file;
    }

    private static void CheckNesting(IList<IToken> tokens, SourceFaults faults)
    {
        var (brackets, types) = (0, 0);
        foreach (var token in tokens)
        {
            if (token.Text is "(" or "[" or "{") brackets++;
            if (token.Text is ")" or "]" or "}") brackets--;
            if (token.Text == "tensor") types++;
            if (token.Text == ">" && types > 0) types--;
            if (brackets <= DeepestNesting && types <= DeepestNesting) continue;
            faults.Add("LT3007", token, $"nests more than {DeepestNesting} deep");
            return;
        }
    }

    private sealed class Listener(SourceFaults faults) : BaseErrorListener
    {
        public override void SyntaxError(TextWriter output, IRecognizer recognizer, IToken offendingSymbol, int line, int charPositionInLine, string msg, RecognitionException e)
        {
            var expected = ((Parser)recognizer).GetExpectedTokens().ToArray();
            string Name(int type) => type == TokenConstants.EOF ? "the end" : recognizer.Vocabulary.GetDisplayName(type) switch
            {
                "LOCAL" => "a %name",
                "GLOBAL" => "an @name",
                "NAME" => "a name",
                "STRING" => "a text in quotes",
                "INT" or "FLOAT" => "a number",
                "SHAPE" => "a shape",
                "HASH" => "a hash",
                var name => name,
            };
            var named = expected.Select(Name).Distinct().ToList();
            var list = named.Count == 0 ? "" : $", expected {string.Join(", ", named.Take(MostExpected))}{(named.Count > MostExpected ? ", …" : "")}";
            faults.Add("LT3001", line, charPositionInLine, $"found {(offendingSymbol.Type == TokenConstants.EOF ? "the end of the text" : $"'{offendingSymbol.Text}'")}{list}");
        }
    }
}
