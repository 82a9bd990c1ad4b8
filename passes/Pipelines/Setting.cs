using System.Text.RegularExpressions;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a pipeline says of the whole compilation beside its passes, <c>set(cpu="x86-64-v3")</c>: an option of the command line, which is not given there.</summary>
/// <param name="Name">The option's, with _ for -: <c>max_arena</c>.</param>
/// <param name="Values">Its texts; several where it may be given again. Of one that takes none <c>true</c>.</param>
public sealed partial record Setting(string Name, Seq<string> Values)
{
    /// <summary>The statement's name.</summary>
    internal const string Word = "set";

    public override string ToString() => $"{Word}({Name}={(Values is [var one] ? Printed(one) : $"[{string.Join(", ", Values.Select(Printed))}]")})";

    private static string Printed(string value) => PipelineReader.IsFree(value) || Whole().IsMatch(value) ? value : NameText.Quoted(value);

    [GeneratedRegex(@"\A[0-9]+\z")]
    private static partial Regex Whole();
}
