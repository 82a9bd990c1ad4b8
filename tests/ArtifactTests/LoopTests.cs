using System.Runtime.InteropServices;
using Lathe.Runtime;

namespace Lathe.ArtifactTests;

/// <summary>Loops in an artifact: a host may stop one in any round, and profiles count every round.</summary>
[Collection(nameof(Models))]
public sealed unsafe class LoopTests(Models models) : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [ToolFact("gcc")]
    public void A_host_hears_every_round_and_stops_a_loop_anywhere()
    {
        CProgram.Compile(CProgram.Source("rounds.c"), scratch["program"], [Models.FolderOf(models.Rounds)], Models.FileOf(models.Rounds, ".a"));
        Assert.Equal("ok", CProgram.Run(scratch["program"], []));
    }

    [Fact]
    public void Kernels_of_a_round_are_counted_and_timed_in_each()
    {
        using var artifact = Runtime.Artifact.Open(Models.FileOf(models.Rounds, ".so"));
        var times = new KernelTimes(artifact.Contract.Kernels.Length);
        using var host = new Host(times: times);
        Assert.Equal(1000, Run(artifact, 1000, host));
        var calls = Enumerable.Range(0, artifact.Contract.Kernels.Length).Select(times.Calls).ToList();
        Assert.All(calls, count => Assert.Contains(count, (long[])[0, 1, 1000]));
        Assert.True(calls.Count(count => count == 1000) > 1);
        Assert.All(calls.Index(), call => Assert.True(times.TotalMilliseconds(call.Index) >= call.Item * times.LeastMilliseconds(call.Index) * 0.999));
    }

    [Fact]
    public void A_loop_that_is_not_to_end_ends_when_its_token_is_cancelled()
    {
        using var artifact = Runtime.Artifact.Open(Models.FileOf(models.Rounds, ".so"));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        using var host = new Host(cancellation: cancellation.Token);
        var fault = Assert.Throws<ArtifactException>(() => Run(artifact, int.MaxValue, host));
        Assert.Equal(5, fault.Code);
    }

    /// <returns>How many rounds there were.</returns>
    private static long Run(Runtime.Artifact artifact, long trips, Host host)
    {
        var rounds = 0L;
        float* x = stackalloc float[8], y = stackalloc float[8];
        long* shapes = stackalloc long[2] { 8, 0 };
        var workspace = NativeMemory.AlignedAlloc((nuint)artifact.WorkspaceBytes([]), Runtime.Artifact.WorkspaceAlignment);
        try
        {
            artifact.Run([new() { Data = &trips }, new() { Data = x, Shape = shapes }],
                [new() { Data = y, Shape = shapes + 1, Capacity = 8 * sizeof(float) }, new() { Data = &rounds, Capacity = sizeof(long) }], [], workspace, host.Native);
            return rounds;
        }
        finally { NativeMemory.AlignedFree(workspace); }
    }
}
