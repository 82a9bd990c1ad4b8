namespace Lathe.ArtifactTests;

/// <summary>The macro of src/Bazel, by the sample of the laid-out prefix.</summary>
public sealed class BazelTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    /// <summary>Bazel fetches its rules for C from elsewhere, which a test does not: the model is compiled, and the library that links it is looked at.</summary>
    [ToolFact("bazel", "gcc")]
    public void Bazel_compiles_the_model_of_the_sample_and_then_nothing()
    {
        var prefix = scratch["prefix"];
        Tool.Run("bash", CProgram.Repository("build.sh"), "layout", prefix, Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release")));
        var sample = Path.Combine(prefix, "share", "lathe", "samples", "bazel");
        var home = Directory.CreateDirectory(scratch["home"]).FullName;
        string Bazel(params string[] arguments) => Tool.Run("env", ["-C", sample, $"HOME={home}", $"PATH={prefix}/bin:{Environment.GetEnvironmentVariable("PATH")}", "bazel", "--batch", $"--output_user_root={scratch["bazel"]}", .. arguments]);
        try
        {
            Bazel("build", ":digits_compile");
            var made = Path.Combine(sample, "bazel-bin", "digits.model");
            Assert.All(["libdigits.a", "digits.h", "lathe.h", "digits.json"], file => Assert.True(File.Exists(Path.Combine(made, file)), file));
            var time = File.GetLastWriteTimeUtc(Path.Combine(made, "libdigits.a"));
            Bazel("build", ":digits_compile");
            Assert.Equal(time, File.GetLastWriteTimeUtc(Path.Combine(made, "libdigits.a")));
            Assert.Equal("//:digits", Bazel("query", "kind(cc_library, deps(:digits_main, 1))", "--noimplicit_deps").Trim());
            CProgram.Compile(Path.Combine(sample, "digits.c"), scratch["digits"], [made], Path.Combine(made, "libdigits.a"));
            Assert.Equal(10, CProgram.Run(scratch["digits"], []).Split('\n').Length);
        }
        finally { Tool.Run("chmod", "-R", "u+w", scratch["bazel"]); } // what Bazel made is read-only
    }
}
