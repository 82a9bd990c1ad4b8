using Lathe.Ir;

namespace Lathe.Compiler;

/// <summary>What a compile has to say of the model, an option or the machine.</summary>
/// <param name="Code">Stable: <c>LT</c> and four digits, as the tool prints it.</param>
/// <param name="Text">What was expected and what was found, shapes included.</param>
/// <param name="Where">The node or value of the model, or file:line:column; empty for the model as a whole.</param>
/// <param name="Remedy">What would help; empty where nothing is known.</param>
/// <param name="IsError">Whether the compile failed for it; else a warning or a note.</param>
public sealed record CompileMessage(string Code, string Text, string Where, string Remedy, bool IsError)
{
    internal static CompileMessage Of(Diagnostic diagnostic) => new(diagnostic.Code, diagnostic.Message, diagnostic.Where, diagnostic.Remedy, diagnostic.Severity == Severity.Error);

    /// <summary>In one line.</summary>
    public override string ToString() => $"{Code}: {(Where == "" ? "" : Where + ": ")}{Text}{(Remedy == "" ? "" : $" ({Remedy})")}";
}
