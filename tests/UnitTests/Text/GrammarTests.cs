using System.Diagnostics;
using System.Security.Cryptography;
using Lathe.UnitTests.Repository;

namespace Lathe.UnitTests.Text;

/// <summary>The committed parsers are those of the committed grammars.</summary>
public sealed class GrammarTests
{
    private static string Folder { get; } = Path.Combine(Checkout.Root, "grammars");

    [Fact]
    public void Parsers_were_made_of_the_grammars_as_they_are()
    {
        var made = File.ReadAllLines(Path.Combine(Folder, "Generated", "SOURCES")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(parts => parts[1], parts => parts[0]);
        var now = Directory.GetFiles(Folder, "*.g4").ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        Assert.NotEmpty(now);
        Assert.True(now.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(made.OrderBy(p => p.Key, StringComparer.Ordinal)), "run grammars/generate.sh");
    }

    [JavaFact]
    public void Making_them_again_gives_the_same_files()
    {
        var fresh = Directory.CreateTempSubdirectory();
        try
        {
            using var run = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Folder, "generate.sh"), fresh.FullName]) { RedirectStandardError = true })!;
            var errors = run.StandardError.ReadToEnd();
            run.WaitForExit();
            Assert.True(run.ExitCode == 0, errors);
            Assert.Equal(Files(Path.Combine(Folder, "Generated")), Files(fresh.FullName));
        }
        finally { fresh.Delete(recursive: true); }
    }

    private static List<(string, string)> Files(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllText(path)))];

    /// <summary>Needs Java and npm, and a minute.</summary>
    private sealed class JavaFactAttribute : FactAttribute
    {
        public JavaFactAttribute() => Skip = Lathe.Testing.LongRun.Reason ?? (OnPath("java") && OnPath("npm") ? null : "needs java and npm");

        private static bool OnPath(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
    }
}
