namespace Lathe.Cli;

/// <summary>Options of every verb.</summary>
public sealed record Settings(
    [Option("how problems are written to standard error")] DiagnosticForm Diagnostics = DiagnosticForm.Text,
    [Option("after an internal error, write what a bug report needs to this file", Value = "FILE")] string? Repro = null,
    [Option("an assembly with passes, rules, operators, weight formats or targets beside the tool's own; may be given again. lathe.json of this folder or one above names more", Value = "FILE.dll")] Seq<string> Plugin = default);
