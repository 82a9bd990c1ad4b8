using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Passes;

namespace Lathe.ArtifactTests;

/// <summary>The same model, options and tool give the same bytes, in any folder and with any number of compile threads.</summary>
[Collection(nameof(Models))]
public sealed class ByteEqualityTests(Models models) : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Two_builds_in_different_folders_are_the_same_bytes()
    {
        var one = Build("one", 1);
        var other = Build(Path.Combine("another", "and a longer one"), 3);
        Assert.Equal(one.Files.Select(file => Path.GetFileName(file)), other.Files.Select(file => Path.GetFileName(file)));
        Assert.Contains(one.Files, file => file.EndsWith("libdigits.so", StringComparison.Ordinal));
        foreach (var (a, b) in one.Files.Zip(other.Files)) Assert.True(File.ReadAllBytes(a).AsSpan().SequenceEqual(File.ReadAllBytes(b)), $"{Path.GetFileName(a)} differs");
    }

    private Artifact Build(string folder, int jobs)
    {
        var program = Compilation.Run(models.DigitsGraph, MachineTable.Of(CpuTarget.Host));
        return ArtifactBuilder.Write(program, CpuTarget.Host, new("digits", scratch[folder], [.. Enum.GetValues<Emission>()], new Provenance(), Pool: true, Jobs: jobs));
    }
}
