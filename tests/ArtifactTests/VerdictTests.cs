using System.Diagnostics;

namespace Lathe.ArtifactTests;

/// <summary>A rewrite is tested before its first use, and not again: each run here is a process of its own. That a verdict was read shows where another one was put in its place.</summary>
public sealed class VerdictTests : IDisposable
{
    private static readonly string Lathe = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"));

    private const string Right = "match %y = relu(relu(%x)) replace %y = relu(%x)", Other = "match %y = abs(relu(%x)) replace %y = relu(%x)", Wrong = "match %y = sqrt(mul(%x, %x)) replace %y = %x";
    private const string Planted = "Wrong\n3\nput here by hand";

    private readonly ScratchFolder scratch = new();

    public VerdictTests() => File.Copy(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx"), scratch["digits.onnx"]);

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_second_compile_does_not_test_a_rewrite_again_and_a_changed_one_is_tested()
    {
        Assert.Equal(0, Compile(Right).Code);
        var kept = Assert.Single(Kept());
        Assert.StartsWith("Right\n", File.ReadAllText(kept), StringComparison.Ordinal);
        File.WriteAllText(kept, Planted);
        var second = Compile(Right, "--name", "second");
        Assert.Equal(1, second.Code);
        Assert.Contains("LT3012", second.Printed, StringComparison.Ordinal);
        Assert.Contains("put here by hand", second.Printed, StringComparison.Ordinal);
        Assert.Equal(0, Compile(Other, "--name", "third").Code);
        Assert.Equal(2, Kept().Length);
        Assert.Equal(Planted, File.ReadAllText(kept));
    }

    [Fact]
    public void A_rejected_one_stays_rejected_without_another_test()
    {
        var first = Compile(Wrong);
        Assert.Equal(1, first.Code);
        Assert.Contains("expected", first.Printed, StringComparison.Ordinal);
        Assert.Equal(first, Compile(Wrong));
        var kept = Assert.Single(Kept());
        Assert.StartsWith("Wrong\n", File.ReadAllText(kept), StringComparison.Ordinal);
        File.WriteAllText(kept, "Right\n8\n");
        Assert.Equal(0, Compile(Wrong).Code);
    }

    [Fact]
    public void Where_the_cache_is_off_nothing_is_read_and_nothing_kept()
    {
        Assert.Equal(0, Compile(Right).Code);
        File.WriteAllText(Assert.Single(Kept()), Planted);
        Assert.Equal(0, Run("off", "compile", "digits.onnx", "-o", "out", "-q", "--rewrites", "own.rewrite").Code);
        Assert.Equal(1, Compile(Right, "--name", "other").Code);
        Assert.Equal(Planted, File.ReadAllText(Assert.Single(Kept())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Right\n8")]
    [InlineData("17\n8\n")]
    [InlineData("Right\n99999999999\n")]
    public void A_damaged_verdict_is_found_anew(string contents)
    {
        Assert.Equal(1, Compile(Wrong).Code);
        File.WriteAllText(Assert.Single(Kept()), contents);
        Assert.Contains("LT3012", Compile(Wrong).Printed, StringComparison.Ordinal);
        Assert.StartsWith("Wrong\n", File.ReadAllText(Assert.Single(Kept())), StringComparison.Ordinal);
    }

    [Fact]
    public void Again_tests_anew_and_keeps_what_it_found()
    {
        File.WriteAllText(scratch["own.rewrite"], $"rewrite own {{ {Right} }}");
        Assert.Equal(0, Run(scratch["cache"], "rewrites", "own.rewrite").Code);
        File.WriteAllText(Assert.Single(Kept()), Planted);
        Assert.Equal(1, Run(scratch["cache"], "rewrites", "own.rewrite").Code);
        Assert.Equal(0, Run(scratch["cache"], "rewrites", "own.rewrite", "--again").Code);
        Assert.Equal(0, Run(scratch["cache"], "rewrites", "own.rewrite").Code);
    }

    [Fact]
    public void Another_table_of_the_machine_is_another_verdict()
    {
        string[] machine = ["--cpu", "x86-64-v3", "--machine", "machine.txt"];
        foreach (var rate in (string[])["10.0", "20.0", "20.0"])
        {
            File.WriteAllText(scratch["machine.txt"], $"x86-64-v3 memory_rate={rate}\n");
            Assert.Equal(0, Compile(Right, machine).Code);
        }
        Assert.Equal(2, Kept().Length);
    }

    private string[] Kept() => Directory.Exists(scratch["cache/rewrites"]) ? Directory.GetFiles(scratch["cache/rewrites"]) : [];

    private (string Printed, int Code) Compile(string rewrite, params string[] options)
    {
        File.WriteAllText(scratch["own.rewrite"], $"rewrite own {{ {rewrite} }}");
        return Run(scratch["cache"], ["compile", "digits.onnx", "-o", "out", "-q", "--rewrites", "own.rewrite", .. options]);
    }

    private (string Printed, int Code) Run(string cache, params string[] arguments)
    {
        var start = new ProcessStartInfo(Lathe, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = scratch.Folder };
        start.Environment["LATHE_CACHE"] = cache;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (printed + errors.Result, process.ExitCode);
    }
}
