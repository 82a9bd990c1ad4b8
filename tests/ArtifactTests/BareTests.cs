using Lathe.Cli;

namespace Lathe.ArtifactTests;

/// <summary>A static library where there is no system: nothing but memcpy and memset is asked for.</summary>
public sealed class BareTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [ToolFact("gcc")]
    public void A_program_without_libc_runs_a_model()
    {
        Compile("opt_mnist", "digits");
        // The stub's own loops must not become calls of memcpy, which it defines.
        Tool.Run("gcc", "-std=c11", "-O1", "-ffreestanding", "-fno-stack-protector", "-fno-tree-loop-distribute-patterns", "-nostdlib", "-static", "-Wall", "-Wextra", "-Werror", "-I", scratch.Folder, CProgram.Source("bare.c"), scratch["libdigits.a"], "-o", scratch["bare"]);
        Assert.Equal("7", CProgram.Run(scratch["bare"], []));
        Assert.DoesNotContain("NEEDED", Tool.Run("readelf", "-d", scratch["bare"]), StringComparison.Ordinal);
    }

    /// <summary>The models of the repository, as objects.</summary>
    [ToolTheory("nm")]
    [InlineData("opt_mnist")]
    [InlineData("mnist_cntk")]
    [InlineData("hand_keypoint_cls")]
    [InlineData("micro_kws_m_static_fp32")]
    public void Objects_ask_for_memcpy_and_memset_alone(string model)
    {
        Compile(model, "m");
        var lines = Tool.Run("nm", "-g", scratch["libm.a"]).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var defined = lines.Where(p => p.Length == 3).Select(p => p[2]).ToHashSet();
        Assert.Subset(new HashSet<string> { "memcpy", "memset" }, lines.Where(p => p is ["U", _]).Select(p => p[1]).Where(name => !defined.Contains(name)).ToHashSet());
    }

    private void Compile(string model, string name)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", CProgram.Repository("tests", "models", model), "-o", scratch.Folder, "--name", name, "--emit", "static,header", "--quiet"], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }
}
