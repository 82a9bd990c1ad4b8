using Lathe.Runtime;

namespace Lathe.Benchmarks;

/// <summary>An artifact of ours with a model's inputs bound, called in this process through the C ABI.</summary>
public sealed class Ours : IDisposable
{
    private readonly Artifact artifact;
    private readonly Invocation invocation;
    private readonly Host host;

    public Ours(string library, BenchModel model, int threads)
    {
        artifact = Artifact.Open(library);
        NpyFile[] inputs = [.. artifact.Contract.Inputs.Select((_, i) => NpyFile.Read(model.Input(i)))];
        invocation = new(artifact, [.. artifact.Contract.Dimensions.Select(d => Extent(d, inputs))]);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!invocation.InputShape(i).SequenceEqual(inputs[i].Shape.AsSpan()))
                throw new BenchmarkException($"{model.Name}: input {i} is [{string.Join(", ", inputs[i].Shape)}], the artifact takes [{string.Join(", ", invocation.InputShape(i).ToArray())}]");
            inputs[i].Data.CopyTo(invocation.Input<byte>(i));
        }
        Times = new(artifact.Contract.Kernels.Length);
        host = new(threads);
        Run();
        Run();
    }

    /// <summary>What the artifact says of itself.</summary>
    public Contract Contract => artifact.Contract;

    /// <summary>Time by kernel, filled by <see cref="Profile"/>.</summary>
    public KernelTimes Times { get; }

    /// <summary>Runs once.</summary>
    public void Run() => invocation.Run(host);

    /// <summary>Runs for this long.</summary>
    public Timing Measure(double seconds) => Timing.Of(seconds, Run);

    /// <summary>Runs for this long on this thread alone, adding up time by kernel.</summary>
    public Timing Profile(double seconds)
    {
        using var profiling = new Host(times: Times);
        return Timing.Of(seconds, () => invocation.Run(profiling));
    }

    /// <summary>The largest difference to the peer's outputs, as a share of an output's largest magnitude.</summary>
    public double Difference(IReadOnlyList<NpyFile> expected)
    {
        Run();
        return expected.Select((output, i) => output.Difference(invocation.Output<byte>(i))).DefaultIfEmpty(0).Max();
    }

    public void Dispose()
    {
        host.Dispose();
        invocation.Dispose();
        artifact.Dispose();
    }

    private long Extent(ContractDimension dimension, NpyFile[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            var axis = artifact.Contract.Inputs[i].Shape.IndexOf(dimension.Name);
            if (axis >= 0) return inputs[i].Shape[axis];
        }
        throw new BenchmarkException($"no input shows the extent of {dimension.Name}");
    }
}
