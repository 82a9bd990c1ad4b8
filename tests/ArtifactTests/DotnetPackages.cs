using System.Diagnostics;

namespace Lathe.ArtifactTests;

/// <summary>The packages for .NET, made once for the tests of a class of what is built already, and an empty home to use them in.</summary>
public class DotnetPackages : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public DotnetPackages() : this("", "--no-build") { }

    /// <param name="frameworks">all: those for programs of .NET 8 too, as a release has them, which are built for it.</param>
    protected DotnetPackages(string frameworks, params string[] options)
    {
        Directory.CreateDirectory(scratch["home"]);
        Tool.Run("bash", [CProgram.Repository("build.sh"), "packages", Folder, Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release")), frameworks, .. options]);
    }

    /// <summary>Where they are.</summary>
    public string Folder => scratch["nuget"];

    /// <summary>Runs commands of a page in a folder.</summary>
    /// <returns>What the last of them prints.</returns>
    public string Shell(string folder, string commands, string? models = null)
    {
        var (code, output) = Try(folder, commands, models);
        Assert.True(code == 0, $"{commands}\nended with {code}\n{output}");
        return output;
    }

    /// <summary>The same, where it may fail.</summary>
    /// <param name="models">What commands call $MODELS; null: those of the repository.</param>
    public (int Code, string Output) Try(string folder, string commands, string? models = null)
    {
        var start = new ProcessStartInfo("bash", ["-ec", commands]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The tests' own build server and settings are not a stranger's.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("NUGET_PACKAGES", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = start.Environment["DOTNET_CLI_HOME"] = scratch["home"];
        start.Environment["PACKAGES"] = Folder;
        start.Environment["MODELS"] = models ?? CProgram.Repository("tests", "models");
        start.Environment["DOTNET_NOLOGO"] = start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // no process of the test outlives it
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + errors.Result);
    }

    public void Dispose()
    {
        scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}
