// What a call takes of time and of the managed heap: dotnet run -c Release
using Bench;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Lathe.Runtime;

// In this process, so that nothing is built anew for it.
BenchmarkRunner.Run<Calls>(DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));

/// <summary>Calls of a model of fixed shapes and of one with an open dimension; a "-" in the column Allocated is not a byte.</summary>
[MemoryDiagnoser]
public class Calls
{
    private readonly Digits digits = new();
    private readonly Gestures gestures = new();
    private readonly Host threads = new(threads: 2);
    private readonly CancellationTokenSource source = new();
    private readonly float[] image = [.. Enumerable.Range(0, Digits.Input3Length).Select(i => (float)(i % 256))], scores = new float[Digits.Plus214Output0Length], points = [.. Enumerable.Range(0, 5 * 42).Select(i => MathF.Sin(i))];
    private readonly long[] gestureIds = new long[5];

    [Benchmark]
    public void Run() => digits.Run(image, scores);

    [Benchmark]
    public void RunOfFive() => gestures.Run(5, points, gestureIds);

    [Benchmark]
    public void RunOnTwoThreadsWithAToken() => digits.Run(image, scores, new RunOptions(threads, Cancellation: source.Token));

    /// <summary>What the column shows where something is allocated: an array of ten numbers takes 64 bytes.</summary>
    [Benchmark]
    public float[] RunIntoANewArray()
    {
        var fresh = new float[Digits.Plus214Output0Length];
        digits.Run(image, fresh);
        return fresh;
    }
}
