using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Lathe.ArtifactTests;

/// <summary>The archive of the tool, for machines without .NET: unpacked and used as on such a machine.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [LongFact]
    public async Task An_archive_compiles_and_runs_a_model_where_there_is_no_dotnet()
    {
        Tool.Run("bash", CProgram.Repository("build.sh"), "archives", scratch["archives"], "linux-x64");
        var archive = Assert.Single(Directory.GetFiles(scratch["archives"]));
        Assert.Equal($"lathe-{ToolPackageTests.Version()}-linux-x64.tar.gz", Path.GetFileName(archive));
        await using (var file = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress)) await TarFile.ExtractToDirectoryAsync(file, Directory.CreateDirectory(scratch["there"]).FullName, overwriteFiles: false);
        var folder = scratch[$"there/lathe-{ToolPackageTests.Version()}-linux-x64"];
        var lathe = Path.Combine(folder, "lathe");

        // A search path with the linker on it and nothing else, a .NET root that is empty, no other variable.
        foreach (var name in new[] { "home", "bin", "nowhere" }) Directory.CreateDirectory(scratch[name]);
        File.CreateSymbolicLink(scratch["bin/ld.lld-19"], (Tool.Find("ld.lld-19") ?? Tool.Find("ld.lld"))!);
        var model = CProgram.Repository("tests", "models", "opt_mnist");
        Assert.Equal(ToolPackageTests.Version(), Bare(lathe, "--version").Trim());
        Bare(lathe, "compile", model, "-o", scratch["out"], "--name", "digits", "-q");
        var saved = Bare(lathe, "run", scratch["out/libdigits.so"], "--input", $"Input3={model}/input_0.npy", "--expect", $"Plus214_Output_0={model}/output_0.npy");
        Assert.Contains("Plus214_Output_0", saved, StringComparison.Ordinal);
        for (var digit = 0; digit < 10; digit++) Assert.Contains($"top {digit}: ", Bare(lathe, "run", scratch["out/libdigits.so"], "--input", $"Input3={model}/digits/{digit}.png"), StringComparison.Ordinal);

        // All of .NET that the process has in it lies in the archive's folder; the same look at a tool that needs .NET finds it elsewhere.
        Assert.All(await Loaded(lathe, "serve", "--socket", scratch["socket"]), file => Assert.StartsWith(folder + "/", file, StringComparison.Ordinal));
        var here = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release"));
        Assert.Contains(await Loaded(Tool.Find("dotnet")!, Path.Combine(here, "lathe.dll"), "serve", "--socket", scratch["other"]), file => !file.StartsWith(here + "/", StringComparison.Ordinal));
    }

    /// <summary>What a command prints on a machine without .NET: its folder is hidden too, where this kernel lets a user mount.</summary>
    private string Bare(params string[] command)
    {
        string[] bare = ["env", "-i", $"PATH={scratch["bin"]}", $"HOME={scratch["home"]}", $"DOTNET_ROOT={scratch["nowhere"]}", "LATHE_CACHE=off", .. command];
        var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location))))!;
        return Tool.Run("sh", ["-c", """
            root=$0
            if unshare -rm mount -t tmpfs none "$root" 2>/dev/null; then exec unshare -rm sh -c 'mount -t tmpfs none "$0" && test ! -e "$0/dotnet" && exec "$@"' "$root" "$@"; fi
            exec "$@"
            """, root, .. bare]);
    }

    /// <summary>Files of .NET, native and managed, that a process which serves at the last word has in its memory.</summary>
    private async Task<List<string>> Loaded(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["HOME"] = scratch["home"];
        start.Environment["DOTNET_ROOT"] = scratch["nowhere"];
        using var server = Process.Start(start)!;
        try
        {
            for (var watch = Stopwatch.StartNew(); !File.Exists(words[^1]); await Task.Delay(20))
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60) && !server.HasExited, "it does not serve");
            var files = File.ReadLines($"/proc/{server.Id}/maps").Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? at : line.Length)..]).Distinct(StringComparer.Ordinal)
                .Where(file => file.EndsWith(".dll", StringComparison.Ordinal) || Path.GetFileName(file) is "libhostfxr.so" or "libhostpolicy.so" or "libcoreclr.so" or "libclrjit.so" or "libSystem.Native.so").ToList();
            foreach (var part in new[] { "libhostfxr.so", "libcoreclr.so", "System.Private.CoreLib.dll" }) Assert.Contains(files, file => file.EndsWith("/" + part, StringComparison.Ordinal));
            return files;
        }
        finally { server.Kill(); }
    }
}
