using System.Globalization;
using System.Text.Json;
using Lathe.Cli;

namespace Lathe.ArtifactTests;

/// <summary>A workspace that is to be small: the same bits in less memory, or the tensors that prevent it.</summary>
public sealed class MaxArenaTests
{
    private const double Share = 0.7;

    [SharedToolTheory("gcc")]
    [InlineData("opt_mnist")]
    [InlineData("micro_kws_m_static_qdq")]
    public void Seven_tenths_of_the_workspace_give_the_same_bits(string model) => Assert.Null(Fits(model));

    [SharedToolTheory("gcc")]
    [InlineData("policy_go1", "mlp_1/MLP_0_1/hidden_0_1/mul_1:0 (2048 bytes)")]
    [InlineData("dtln_1", "the scratch of lstm_4_Y (1536 bytes)")]
    public void What_prevents_it_is_named(string model, string tensor) => Assert.Contains(tensor, Fits(model), StringComparison.Ordinal);

    [LongFact]
    public void It_does_on_at_least_ten_of_the_shared_models()
    {
        if (SharedModels.Reason("models") is not null) return;
        var refused = SharedArtifact.All.Select(Fits).OfType<string>().ToList();
        Assert.True(SharedArtifact.All.Count() - refused.Count >= 10, string.Join("", refused));
    }

    [SharedToolTheory]
    [InlineData("chargpt")]
    public void An_arena_without_a_bound_asks_for_dimensions(string model)
    {
        using var scratch = new ScratchFolder();
        var (code, printed) = Compile(model, scratch.Folder, "1GiB");
        Assert.Equal(ExitCode.Missed, code);
        Assert.Contains("LT4103", printed, StringComparison.Ordinal);
        Assert.Contains("--dim", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Folder));
    }

    /// <summary>Null where a model at the dimensions of its saved case runs in seven tenths of its workspace, with the same bits; else what it says.</summary>
    private static string? Fits(string model)
    {
        using var scratch = new ScratchFolder();
        var options = SharedArtifact.Fixed(model);
        var arena = Arena(SharedArtifact.Build(model, scratch["whole"], options));
        var most = (long)(arena * Share);
        var (code, printed) = Compile(model, scratch["small"], most.ToString(CultureInfo.InvariantCulture), options);
        if (code == ExitCode.Missed)
        {
            Assert.Contains("LT4103", printed, StringComparison.Ordinal);
            Assert.False(Directory.Exists(scratch["small"]));
            return printed;
        }
        Assert.True(code == ExitCode.Done, printed);
        Assert.InRange(Arena(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(scratch["small"], "m.json"))).RootElement), 0, most);
        var (expected, actual) = (Outputs(scratch["whole"], scratch["whole"]), Outputs(scratch["whole"], scratch["small"]));
        Assert.Equal(expected, actual);
        return null;
    }

    private static long Arena(JsonElement contract) => contract.GetProperty("memory").GetProperty("arena_bytes").GetInt64();

    private static byte[] Outputs(string given, string folder)
    {
        var program = Path.Combine(folder, "outputs");
        Tool.Run("gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", CProgram.Source("outputs.c"), "-I", folder, "-I", CProgram.Source(""), "-I", given, Path.Combine(folder, "libm.a"), "-lm", "-o", program);
        CProgram.Run(program, [program + ".bin"]);
        return File.ReadAllBytes(program + ".bin");
    }

    private static (ExitCode Code, string Printed) Compile(string model, string folder, string most, params string[] options)
    {
        using var printed = new StringWriter();
        return (CommandLine.Run(["compile", SharedModels.PathOf(model), "-o", folder, "--name", "m", "--emit", "static,header,contract", "--quiet", "--max-arena", most, .. options], new Session(printed, printed)), printed.ToString());
    }
}
