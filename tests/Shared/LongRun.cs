namespace Lathe.Testing;

/// <summary>Whether this run was asked for the longer tests.</summary>
internal static class LongRun
{
    /// <summary>Null when the longer tests run, else why they are skipped.</summary>
    public static string? Reason { get; } =
        Environment.GetEnvironmentVariable("LATHE_TEST_ALL") == "1" ? null : "a longer run: ./build.sh test --all";
}
