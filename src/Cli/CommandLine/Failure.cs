using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Remote;
using Lathe.Runtime;
using Lathe.Runtime.Hosting;

namespace Lathe.Cli;

/// <summary>How a run that threw ends: the user's faults are diagnostics, everything else is a bug of ours.</summary>
internal static class Failure
{
    public static Diagnostic Interrupted { get; } = new("LT0002", "interrupted", Severity: Severity.Note);

    public static ExitCode Report(Exception e, IReadOnlyList<string> arguments, string? reproduction, Session session)
    {
        // Work in parallel wraps what its parts threw.
        while (e is AggregateException { InnerExceptions: [var only, ..] }) e = only;
        switch (e)
        {
            case OperationCanceledException:
                session.Report(Interrupted);
                return ExitCode.Interrupted;
            case UsageException usage:
                foreach (var diagnostic in usage.Diagnostics) session.Report(diagnostic);
                return ExitCode.Usage;
            case MissedException missed:
                foreach (var diagnostic in missed.Diagnostics) session.Report(diagnostic);
                return ExitCode.Missed;
            case DiagnosticException fault:
                foreach (var diagnostic in fault.Diagnostics) session.Report(diagnostic);
                return ExitCode.Fault;
            case ToolMissingException missing:
                session.Report(new("LT4001", missing.Message, Remedy: "lathe doctor says what is here and what is not"));
                return ExitCode.Fault;
            case RemoteException remote:
                session.Report(new("LT5202", remote.Message, Remedy: "docs/targets.md says what runs code of other systems"));
                return ExitCode.Fault;
            case ArtifactException artifact:
                session.Report(new("LT5201", artifact.Message));
                return ExitCode.Fault;
            case HostException host:
                session.Report(new("LT5212", host.Message, Remedy: "give each input in the type and shape that is said here: --input NAME=FILE, with .npy or .pb for numbers, .txt for text"));
                return ExitCode.Fault;
            case OutOfMemoryException:
                session.Report(new("LT0003", "there is not enough memory for this", Remedy: "give smaller dimensions (--dim), or run where more memory is; lathe compile says what a run takes"));
                return ExitCode.Fault;
            case IOException or UnauthorizedAccessException:
                session.Report(FileFault.Of(e));
                return ExitCode.Fault;
            default:
                return Bug(e, arguments, reproduction, session);
        }
    }

    private static ExitCode Bug(Exception e, IReadOnlyList<string> arguments, string? reproduction, Session session)
    {
        if (PluginFault.Of(e) is { } fault)
        {
            session.Report(fault);
            return ExitCode.Fault;
        }
        var remedy = "this is a bug of the tool; run again with --repro FILE and send that file with the model";
        if (reproduction is not null)
        {
            File.WriteAllText(reproduction, Bundle(e, arguments));
            remedy = $"this is a bug of the tool; send {reproduction} with the model";
        }
        session.Report(new("LT9999", $"internal error: {e.GetType().Name}: {e.Message}", Remedy: remedy));
        return ExitCode.Internal;
    }

    /// <summary>What a bug report needs; the model itself is the user's to give.</summary>
    private static string Bundle(Exception e, IReadOnlyList<string> arguments) =>
        $"""
        lathe {EntryPoint.Version}, .NET {Environment.Version}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Llvm()}
        command: lathe {string.Join(' ', arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"'{a}'" : a))}
        {e}

        """;

    private static string Llvm()
    {
        try { return $"LLVM {LlvmLibrary.Version}"; }
        catch (ToolMissingException) { return "no LLVM"; }
    }
}
