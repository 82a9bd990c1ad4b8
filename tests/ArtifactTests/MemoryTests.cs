using System.Globalization;
using System.Text.Json;

namespace Lathe.ArtifactTests;

/// <summary>What a contract says of memory is what a run touches: workspace and stack painted before, sections of the objects read with the machine's own tools.</summary>
public sealed class MemoryTests : IDisposable
{
    /// <summary>The lowest word of a frame may be there for alignment only.</summary>
    private const long Word = 15;

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    public static TheoryData<string> Names => SharedArtifact.Names;

    [SharedToolTheory("gcc", "size")]
    [MemberData(nameof(Names))]
    public void A_run_touches_what_the_contract_says(string model)
    {
        var contract = SharedArtifact.Build(model, scratch.Folder, SharedArtifact.Fixed(model));
        var (memory, weights) = (contract.GetProperty("memory"), contract.GetProperty("weight_bytes").GetInt64());
        double Said(string name) => memory.GetProperty(name).GetDouble();

        Tool.Run("gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", CProgram.Source("watermark.c"), "-I", CProgram.Source(""), "-I", scratch.Folder, scratch["libm.a"], "-lm", "-o", scratch["watermark"]);
        var touched = CProgram.Run(scratch["watermark"], []).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Math.Max(64, Said("arena_bytes")), touched[0]); // a workspace is never empty
        // The last value may end within a cache line, and the last part of a loop have fewer rows to lay out than the others.
        Assert.InRange(touched[1], Said("arena_bytes") * 0.999 - 128, Said("arena_bytes"));
        Assert.InRange(Said("stack_bytes"), touched[2], touched[2] + Word);

        var sections = Tool.Run("size", "-A", scratch["libm.a"]).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p is [['.', ..], _, _]).ToList();
        long Bytes(params string[] names) => sections.Where(s => Array.Exists(names, name => s[0].StartsWith(name, StringComparison.Ordinal))).Sum(s => long.Parse(s[1], CultureInfo.InvariantCulture));
        Assert.Equal(Said("code_bytes"), Bytes(".text"));
        Assert.Equal(Said("rodata_bytes"), Bytes(".rodata", ".eh_frame") - weights);
        Assert.Equal(Said("data_bytes"), Bytes(".data", ".bss"));
    }
}
