using System.Runtime.InteropServices;

namespace Lathe.Cli;

/// <summary>Ctrl-C and a polite kill: work is asked to stop, and ends by itself between two steps; what does not stop soon is ended.</summary>
/// <remarks>Files are written under another name and renamed when whole, so an end at any time leaves no half-written file.</remarks>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interruption() => registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    public CancellationToken Token => source.Token;

    /// <summary>What is said when work that did not stop soon is ended.</summary>
    public Action Ended { get; set; } = () => { };

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        source.Cancel();
        _ = Task.Delay(Patience).ContinueWith(_ =>
        {
            Ended();
            Environment.Exit((int)ExitCode.Interrupted);
        }, TaskScheduler.Default);
    }
}
