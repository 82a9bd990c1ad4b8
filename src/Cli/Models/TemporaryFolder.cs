namespace Lathe.Cli;

/// <summary>A folder that is gone afterwards, even when the process is told to end meanwhile.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private bool removed;

    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("lathe-").FullName;
        AppDomain.CurrentDomain.ProcessExit += Leave;
    }

    public string Path { get; }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Leave;
        Leave(null, EventArgs.Empty);
    }

    private void Leave(object? sender, EventArgs e)
    {
        if (removed) return;
        removed = true;
        Directory.Delete(Path, recursive: true);
    }
}
