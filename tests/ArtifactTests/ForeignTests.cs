using Lathe.Cli;

namespace Lathe.ArtifactTests;

/// <summary>Artifacts for other systems, as far as something here runs them: what they compute agrees with the models' saved cases.</summary>
public sealed class ForeignTests
{
    /// <summary>Models of the repository's: convolutions, dense layers, a quantity of detection heads with data-dependent extents.</summary>
    public static TheoryData<string> Small => [.. Directory.EnumerateDirectories(CProgram.Repository("tests", "models")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [ToolTheory("qemu-aarch64", "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1")]
    [MemberData(nameof(Small))]
    public void Aarch64_in_an_emulator(string model) => Verifies(model, "aarch64-linux-gnu");

    [ToolTheory("qemu-riscv64", "/usr/riscv64-linux-gnu/lib/ld-linux-riscv64-lp64d.so.1")]
    [InlineData("opt_mnist")]
    public void RiscV64_in_an_emulator(string model) => Verifies(model, "riscv64-linux-gnu");

    private static void Verifies(string model, string triple)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["verify", CProgram.Repository("tests", "models", model), "--triple", triple], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
        Assert.Contains("0 failed, 0 unsupported", printed.ToString(), StringComparison.Ordinal);
    }
}
