using System.ComponentModel;
using Lathe.Ir;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("traffic")]

namespace Samples;

/// <summary>A pass over programs, behind the last of the tool's: what a run reads and writes, kernel by kernel.</summary>
[Description("says what a run reads and writes")]
public sealed record Bytes : ProgramPass
{
    public override Stage Stage => Stage.Memory;
    public override Seq<string> After => ["plan"];

    protected override Program Run(Program program, Compilation compilation)
    {
        var bytes = program.Steps.Calls.Select(c => c.Info?.Bytes).OfType<Expr>().Aggregate((Expr)0, (sum, next) => Linear.Simplify(sum + next));
        compilation.Warnings.Enqueue(new("LTT001", $"{program.Steps.Calls.Count()} calls move {bytes} bytes in an arena of {program.ArenaBytes}", program.Name, Severity: Severity.Note));
        return program;
    }
}
