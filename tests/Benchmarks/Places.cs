namespace Lathe.Benchmarks;

/// <summary>Where things lie: all found from the folder of the solution.</summary>
public static class Places
{
    /// <summary>The folder of the solution, above this program.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What peer.sh made.</summary>
    public static string Peer { get; } = Path.Combine(Root, "artifacts", "peer");

    /// <summary>This program's own launcher, also where dotnet was given its .dll.</summary>
    public static string Self { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Benchmarks.exe" : "Benchmarks");

    /// <summary>The compiler under test.</summary>
    public static string Lathe { get; } = Path.Combine(Root, "artifacts", "lathe");

    /// <summary>Real models with saved inputs, outside the repository.</summary>
    public static string SharedModels { get; } =
        Path.Combine(Environment.GetEnvironmentVariable("LATHE_SHARED") ?? Path.Combine(Root, "..", "shared"), "models");

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Compiler.sln"))) return folder;
        throw new BenchmarkException("Compiler.sln is in no folder above this program");
    }
}
