using System.Text.Json;
using System.Text.RegularExpressions;
using Lathe.UnitTests.Repository;

namespace Lathe.UnitTests.Text;

/// <summary>What editors colour texts by says what the grammars say: the same words, and every character of a text that is no space.</summary>
public sealed partial class EditorGrammarTests
{
    private static string Folder { get; } = Path.Combine(Checkout.Root, "grammars");

    [Theory]
    [InlineData("Ir.g4", "lathe-ir")]
    [InlineData("Pipeline.g4", "lathe-pipeline")]
    public void Words_of_the_grammar_are_words_of_the_editor(string grammar, string editor)
    {
        var patterns = Patterns(editor);
        var words = Word().Matches(Comment().Replace(File.ReadAllText(Path.Combine(Folder, grammar)), "")).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(words.Count > 10);
        Assert.All(words, word => Assert.True(Scopes(patterns, word) is [(_, var scope)] && (scope.StartsWith("keyword.", StringComparison.Ordinal) || scope.StartsWith("storage.", StringComparison.Ordinal)), word));
    }

    [Theory]
    [InlineData("lathe-ir", "%y = conv(%x, @w, pads=[1, 1]) : tensor<1x3, f32> // a", "%y variable.other.local|= keyword.operator|conv entity.name.function|%x variable.other.local|@w variable.other.global|pads entity.other.attribute-name|= keyword.operator|1 constant.numeric|1 constant.numeric|tensor storage.type|< keyword.operator|1x3 constant.numeric|> keyword.operator|// a comment.line.double-slash")]
    [InlineData("lathe-ir", "@\"a b\" : tensor<2, i8 axis=0> = sha:5d1e", "@\"a b\" variable.other.global|tensor storage.type|< keyword.operator|2 constant.numeric|axis entity.other.attribute-name|= keyword.operator|0 constant.numeric|> keyword.operator|= keyword.operator|sha:5d1e constant.other.hash")]
    [InlineData("lathe-ir", "for i in 2, parallel j in n { %y[i] = max(%x[i else 0.0], 1.5e-3) }", "in keyword.control|2 constant.numeric|in keyword.control|%y variable.other.local|= keyword.operator|max entity.name.function|%x variable.other.local|else keyword.control|0.0 constant.numeric|1.5e-3 constant.numeric")]
    [InlineData("lathe-pipeline", "fuse(repeat=8) on op(Conv) and not size(<= 64KiB)", "fuse entity.name.function|repeat entity.other.attribute-name|= keyword.operator|8 constant.numeric|on keyword.control|op entity.name.function|and keyword.operator.logical|not keyword.operator.logical|size entity.name.function|<= keyword.operator|64KiB constant.numeric")]
    [InlineData("lathe-pipeline", "rewrite r { match %y = $f:relu(@w, %r...) where $f.axis == \"a\\\"b\" replace %y = %x }", "rewrite keyword.control|match keyword.control|%y variable.other.local|= keyword.operator|$f variable.parameter|relu entity.name.function|@w variable.other.global|%r variable.other.local|... keyword.operator|where keyword.control|$f variable.parameter|== keyword.operator|\"a\\\"b\" string.quoted.double|replace keyword.control|%y variable.other.local|= keyword.operator|%x variable.other.local")]
    public void Texts_are_coloured(string editor, string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Scopes(Patterns(editor), text).Select(s => $"{s.Text} {s.Scope.Replace(".lathe", "", StringComparison.Ordinal)}")));

    [Fact]
    public void The_schema_of_lathe_json_holds_what_the_page_shows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "lathe.schema.json")));
        var known = schema.RootElement.GetProperty("properties");
        using var shown = JsonDocument.Parse(Json().Match(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "passes.md"))).Groups[1].Value);
        Assert.All(shown.RootElement.EnumerateObject(), setting =>
            Assert.Equal(known.GetProperty(setting.Name).GetProperty("type").GetString(), setting.Value.ValueKind == JsonValueKind.Array ? "array" : "object"));
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
    }

    private static List<(Regex Pattern, string Scope)> Patterns(string editor)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{editor}.tmLanguage.json")));
        return [.. json.RootElement.GetProperty("patterns").EnumerateArray().Select(p => (new Regex(p.GetProperty("match").GetString()!, RegexOptions.CultureInvariant), p.GetProperty("name").GetString()!))];
    }

    /// <summary>As editors go through a line: the pattern that matches first, of those at one place the first in the file.</summary>
    private static List<(string Text, string Scope)> Scopes(List<(Regex Pattern, string Scope)> patterns, string line)
    {
        var all = new List<(string, string)>();
        for (var at = 0; at < line.Length;)
        {
            var (match, scope) = patterns.Select(p => (Match: p.Pattern.Match(line, at), p.Scope)).Where(m => m.Match is { Success: true, Length: > 0 }).OrderBy(m => m.Match.Index).FirstOrDefault();
            if (match is null) break;
            all.Add((match.Value, scope));
            at = match.Index + match.Length;
        }
        return all;
    }

    [GeneratedRegex(@"'([a-z_]{2,})'")]
    private static partial Regex Word();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
