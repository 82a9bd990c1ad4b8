using Antlr4.Runtime;

namespace Lathe.Ir;

/// <summary>Turns what a parser of ANTLR's cannot read into faults with place, caret and what was expected: LT3001, LT3007.</summary>
public sealed class SyntaxFaults(SourceFaults faults) : BaseErrorListener
{
    /// <summary>Brackets inside one another, more than any dump has: a reader must not run out of stack.</summary>
    public const int DeepestNesting = 100;
    private const int MostExpected = 6;

    /// <summary>Notes a fault where a text nests more deeply than any that the tool writes.</summary>
    public static void CheckNesting(CommonTokenStream tokens, SourceFaults faults)
    {
        var (brackets, types, nots) = (0, 0, 0);
        foreach (var token in tokens.GetTokens())
        {
            if (token.Text is "(" or "[" or "{") brackets++;
            if (token.Text is ")" or "]" or "}" && brackets > 0) brackets--; // one too many must not make up for one too few
            if (token.Text == "tensor") types++;
            if (token.Text == ">" && types > 0) types--;
            nots = token.Text == "not" ? nots + 1 : 0;
            if (brackets <= DeepestNesting && types <= DeepestNesting && nots <= DeepestNesting) continue;
            faults.Add("LT3007", token, $"nests more than {DeepestNesting} deep");
            return;
        }
    }

    public override void SyntaxError(TextWriter output, IRecognizer recognizer, IToken offendingSymbol, int line, int charPositionInLine, string msg, RecognitionException e)
    {
        var expected = Expected((Parser)recognizer);
        string Name(int type) => type == TokenConstants.EOF ? "the end" : recognizer.Vocabulary.GetDisplayName(type) switch
        {
            "LOCAL" => "a %name",
            "GLOBAL" => "an @name",
            "NAME" => "a name",
            "STRING" => "a text in quotes",
            "INT" or "FLOAT" or "NUMBER" => "a number",
            "SHAPE" => "a shape",
            "HASH" => "a hash",
            var name => name,
        };
        var named = expected.Select(Name).Distinct().ToList();
        var list = named.Count == 0 ? "" : $", expected {string.Join(", ", named.Take(MostExpected))}{(named.Count > MostExpected ? ", …" : "")}";
        faults.Add("LT3001", line, charPositionInLine, $"found {(offendingSymbol.Type == TokenConstants.EOF ? "the end of the text" : $"'{offendingSymbol.Text}'")}{list}");
    }

    /// <summary>What could stand there. Where any name could, words that are free to be names are not told one by one.</summary>
    private static IList<int> Expected(Parser parser)
    {
        var all = parser.GetExpectedTokens();
        var rule = Array.IndexOf(parser.RuleNames, "name");
        var names = rule < 0 ? null : parser.Atn.NextTokens(parser.Atn.ruleToStartState[rule]);
        var name = names?.ToArray().FirstOrDefault(type => parser.Vocabulary.GetSymbolicName(type) == "NAME") ?? 0;
        return name == 0 || !all.Contains(name) ? all.ToArray() : [.. all.ToArray().Where(type => type == name || !names!.Contains(type))];
    }
}
