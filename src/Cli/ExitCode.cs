namespace Lathe.Cli;

/// <summary>How a run of the tool ended, for scripts: part of the versioned interface.</summary>
public enum ExitCode
{
    Done = 0,
    /// <summary>The model, an input or the machine is at fault.</summary>
    Fault = 1,
    /// <summary>Wrong usage.</summary>
    Usage = 2,
    /// <summary>A bug of the tool.</summary>
    Internal = 3,
    /// <summary>Done, but a tolerance or budget that was asked for was not met.</summary>
    Missed = 4,
    /// <summary>Interrupted from the keyboard: 128 + SIGINT, as shells count it.</summary>
    Interrupted = 130,
}
