using System.Globalization;
using System.Text.Json;
using Lathe.Codegen;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.ArtifactTests;

/// <summary>Several levels of code in one library: opening it picks the highest that the processor runs, weights are there once.</summary>
[Collection(nameof(Models))]
public sealed class LevelTests(Models models) : IDisposable
{
    private static readonly string[] Names = ["x86-64-v2", "x86-64-v3", "x86-64-v4"];
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [ToolFact("gcc")]
    public void Every_level_that_this_processor_has_computes_the_same()
    {
        var program = Build();
        var highest = Names.Last(name => CpuCheck.Needs(CpuTarget.Parse(name)).All(CpuTarget.Host.Has));
        Assert.Equal(highest, Scores(CProgram.Run(program, [])));
        foreach (var name in Names.TakeWhile(name => name != highest)) Assert.Equal(name, Scores(CProgram.Run(program, [], (DispatchModule.Variable, name))));
        Assert.Equal(highest, Scores(CProgram.Run(program, [], (DispatchModule.Variable, "x86-64-v9"))));
    }

    [ToolFact("gcc")]
    public void Weights_are_stored_once()
    {
        var single = ArtifactBuilder.Write(Program("x86-64-v3"), CpuTarget.Parse("x86-64-v3"), Options("one"));
        Assert.Equal(single.WeightBytes, Levels().WeightBytes);
    }

    [ToolFact("qemu-x86_64")]
    public void A_processor_runs_the_highest_level_that_it_has()
    {
        var program = Build();
        string On(string cpu) => CProgram.Run("qemu-x86_64", ["-cpu", cpu, program]);
        Assert.Equal("x86-64-v2", Scores(On("Nehalem")));
        Assert.Equal("x86-64-v3", Scores(On("Haswell")));
        Assert.Equal("x86-64-v2", Scores(On("Haswell,-fma")));
        Assert.Equal($"{ErrorCodes.ProcessorUnknown} this processor lacks instructions that the code was made for: it needs x86-64-v2 or x86-64-v3 or x86-64-v4", On("core2duo"));
    }

    [ToolFact("qemu-x86_64")]
    public void A_processor_without_the_one_level_is_refused_by_code_that_it_can_run()
    {
        const string cpu = "x86-64-v4";
        var artifact = ArtifactBuilder.Write(Program(cpu), CpuTarget.Parse(cpu), Options("single"));
        CProgram.Compile(CProgram.Source("levels.c"), scratch["single program"], [Models.FolderOf(artifact)], Models.FileOf(artifact, ".a"));
        Assert.StartsWith($"{ErrorCodes.ProcessorUnknown} ", CProgram.Run("qemu-x86_64", ["-cpu", "Nehalem", scratch["single program"]]), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_instruction_set_of_the_table_is_asked_for() => Assert.Empty(CpuCheck.Unknown);

    /// <summary>Checks the scores that were printed behind the level, and gives the level.</summary>
    private string Scores(string printed)
    {
        var lines = printed.Split('\n');
        var expected = Interpreter.Run(models.DigitsGraph, [Tensor.Of(Scalar.F32, [1, 1, 28, 28], [.. Enumerable.Range(0, 28 * 28).Select(i => (double)(i % 256))])])[0].ToDoubles();
        var tolerance = 1e-5 * expected.Max(Math.Abs);
        Assert.Equal(11, lines.Length);
        foreach (var (value, line) in expected.Zip(lines.Skip(1))) Assert.Equal(value, double.Parse(line, CultureInfo.InvariantCulture), tolerance);
        return lines[0];
    }

    private string Build()
    {
        var artifact = Levels();
        Assert.Equal(string.Join(',', Names), JsonDocument.Parse(artifact.Contract).RootElement.GetProperty("target").GetProperty("levels").GetString());
        CProgram.Compile(CProgram.Source("levels.c"), scratch["levels"], [Models.FolderOf(artifact)], Models.FileOf(artifact, ".a"));
        return scratch["levels"];
    }

    private Artifact Levels() => ArtifactBuilder.Write([.. Names.Select(name => new CpuProgram(CpuTarget.Parse(name), Program(name)))], Options("all"));

    private Program Program(string cpu) => Compilation.Run(models.DigitsGraph, MachineTable.Of(CpuTarget.Parse(cpu)));

    private ArtifactOptions Options(string folder) => new("digits", scratch[folder], [Emission.Static, Emission.Header, Emission.Contract], new Provenance());
}
