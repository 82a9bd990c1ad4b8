namespace Lathe.ArtifactTests;

/// <summary>The SDK as a package, and the plugins of <c>tests/Plugins</c> built against that alone: once for all tests.</summary>
public sealed class PluginBuild
{
    /// <summary>The tool as a program of its own: a plugin that is loaded stays loaded.</summary>
    private static readonly string Lathe = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"));

    private static readonly string Output = CProgram.Repository("artifacts", "plugins");

    // Each class of tests has a fixture of its own, and classes run side by side: one build serves them all.
    private static readonly Lazy<bool> Built = new(Build);

    public PluginBuild() => _ = Built.Value;

    public string Packages => Path.Combine(Output, "source");

    private static bool Build()
    {
        // Packages of one version are cached by name: an older one of this checkout must not stay.
        foreach (var folder in new[] { "source", "packages/lathe.sdk" })
            if (Directory.Exists(Path.Combine(Output, folder))) Directory.Delete(Path.Combine(Output, folder), recursive: true);
        Tool.Run("dotnet", "pack", CProgram.Repository("src", "Sdk"), "-c", "Release", "--no-build", "-p:BuildProjectReferences=false", "-v", "q", "-o", Path.Combine(Output, "source"));
        Tool.Run("dotnet", "build", CProgram.Repository("tests", "Plugins", "build.proj"), "-v", "q", "--nologo");
        return true;
    }

    /// <summary>The assembly of a plugin.</summary>
    public string Of(string name) => Path.GetFullPath(Path.Combine(Output, "bin", name, name + ".dll"));

    /// <summary>Runs the tool in a folder, with a plugin.</summary>
    /// <returns>What it printed, and its exit code.</returns>
    public (string Printed, int Code) Run(string folder, string? plugin, params string[] arguments) => RunWith(null, folder, plugin, arguments);

    /// <summary>The same, with a cache of packages of its own.</summary>
    public (string Printed, int Code) RunWith(string? packages, string folder, string? plugin, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Lathe, plugin is null ? arguments : [.. arguments, "--plugin", Of(plugin)]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        if (packages is not null) start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["LATHE_CACHE"] = Path.Combine(folder, "cache");
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (printed + errors.Result, process.ExitCode);
    }
}
