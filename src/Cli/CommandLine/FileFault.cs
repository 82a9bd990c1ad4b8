namespace Lathe.Cli;

/// <summary>What the system said about a file, as a diagnostic.</summary>
internal static class FileFault
{
    /// <summary>The errno of a full disk and of a full quota, as .NET reports them.</summary>
    private const int NoSpace = 28, OverQuota = 122;

    public static Diagnostic Of(Exception e) => e switch
    {
        UnauthorizedAccessException => new("LT0102", Message(e), Remedy: "choose another folder, or change its rights"),
        FileNotFoundException or DirectoryNotFoundException => new("LT0103", Message(e)),
        _ when IsFull(e) => new("LT0101", $"the disk is full: {Message(e)}", Remedy: "free some space or write to another disk; nothing half-written is left"),
        _ => new("LT0104", Message(e)),
    };

    /// <summary>Paths as the user gave them: below the current folder they are relative.</summary>
    private static string Message(Exception e) => e.Message.Replace(Environment.CurrentDirectory + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    private static bool IsFull(Exception e) => (e.HResult & 0xFFFF) is NoSpace or OverQuota || e.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase);
}
