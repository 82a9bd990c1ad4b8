namespace Lathe.Cli;

/// <summary>A budget that was asked for cannot be kept; nothing is written, so that no build takes what is over it for done.</summary>
public sealed class MissedException(Seq<Diagnostic> diagnostics) : Exception(diagnostics[0].Message)
{
    public Seq<Diagnostic> Diagnostics { get; } = diagnostics;
}
