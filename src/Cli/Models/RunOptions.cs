namespace Lathe.Cli;

/// <summary>Who computes.</summary>
public enum Backend
{
    /// <summary>The compiled library.</summary>
    Native,
    /// <summary>The interpreter: slow, and right by definition.</summary>
    Reference,
}

/// <summary>What a model is run by.</summary>
public sealed record RunOptions(
    [Option("threads of a run", Value = "N")] int Threads = 1,
    [Option("who computes")] Backend Backend = Backend.Native,
    [Option("what runs programs of another system than this one, such as 'qemu-aarch64 -L /usr/aarch64-linux-gnu'; found by itself where it is installed", Value = "COMMAND")] string? Runner = null)
{
    /// <summary>The command that programs are put behind; null where they run here as they are.</summary>
    /// <exception cref="ToolMissingException">They do not, and what would run them is not here.</exception>
    private IReadOnlyList<string>? Command(CodeOptions code) => Runner is { } named ? named.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        : code.IsForHere ? null : code.Target() is var target ? target.System.Runner(target.Architecture, Environment.GetEnvironmentVariable("PATH") ?? "") : null;

    /// <summary>Says before a model is compiled what it could not be run by.</summary>
    /// <exception cref="UsageException">No run has so many threads.</exception>
    /// <exception cref="ToolMissingException">What would run the code is not here.</exception>
    internal void Check(CodeOptions code)
    {
        if (Threads < 1) throw new UsageException($"--threads {Threads}: a run needs one at least");
        if (Backend == Backend.Native && Command(code) is { } command && Threads > 1)
            throw new UsageException($"--threads {Threads}: under '{string.Join(' ', command)}' a run has one thread, it cannot call the tool's pool", "leave --threads out");
    }

    /// <summary>Loads a library and makes it ready to run, here or where its system is.</summary>
    /// <param name="scratch">A folder for what it takes.</param>
    internal RunnableModel Load(string library, CodeOptions code, string scratch, CancellationToken cancellation) =>
        Command(code) is { } command ? new RemoteModel(library, code.Target(), command, scratch) : new NativeModel(library, Threads, cancellation);
}
