using System.Text.RegularExpressions;

namespace Lathe.Cli;

/// <summary>A diagnostic as one line of the form that MSBuild reads: <c>digits.recipe(3,5): error LT3301: …</c>, or <c>lathe : error LT2001: …</c> where it has no place in a text.</summary>
internal static partial class DiagnosticLine
{
    public static string Print(Diagnostic diagnostic)
    {
        // MSBuild knows errors and warnings; a note is a line of text to it.
        if (diagnostic.Severity == Severity.Note) return diagnostic.ToString().ReplaceLineEndings(" ");
        var place = Place().Match(diagnostic.Where);
        var origin = place.Success ? $"{place.Groups[1].Value}({place.Groups[2].Value},{place.Groups[3].Value})" : "lathe ";
        var node = place.Success || diagnostic.Where == "" ? "" : $"{diagnostic.Where}: ";
        return $"{origin}: {diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Code}: {node}{diagnostic.Message}{(diagnostic.Remedy == "" ? "" : $" ({diagnostic.Remedy})")}".ReplaceLineEndings(" ");
    }

    /// <summary>file:line:column.</summary>
    [GeneratedRegex(@"^(.+):(\d+):(\d+)$")]
    private static partial Regex Place();
}
