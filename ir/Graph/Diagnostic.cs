namespace Lathe.Ir;

public enum Severity { Error, Warning, Note }

/// <summary>What is wrong with the user's model, file or command, and what to do. Bugs of the compiler are exceptions, not diagnostics.</summary>
/// <param name="Code">Stable: <c>LT</c> and four digits. 1xxx the model file, 2xxx types and operators, 3xxx text IR and pipelines, 4xxx code generation and linking, 5xxx inputs of a run.</param>
/// <param name="Message">What was expected and what was found, shapes included.</param>
/// <param name="Where">The ONNX node's or value's name, or file:line:column; empty for the model as a whole.</param>
/// <param name="Remedy">The nearest thing that would help; empty where there is none.</param>
public sealed record Diagnostic(string Code, string Message, string Where = "", string Remedy = "", Severity Severity = Severity.Error)
{
    public override string ToString() => $"{Severity.ToString().ToLowerInvariant()} {Code}: {(Where == "" ? "" : Where + ": ")}{Message}{(Remedy == "" ? "" : $"\n  help: {Remedy}")}";
}

/// <summary>The model, an input or the command is at fault; carries every problem that was found, never only the first.</summary>
public sealed class DiagnosticException(params Seq<Diagnostic> diagnostics) : Exception(string.Join("\n", diagnostics))
{
    public Seq<Diagnostic> Diagnostics => diagnostics;
}
