using Lathe.Runtime;

namespace Lathe.Benchmarks;

/// <summary>An artifact of ours with a model's inputs bound, called in this process through the C ABI.</summary>
public sealed class Ours : IDisposable
{
    private readonly Artifact artifact;
    private readonly Invocation invocation;
    private readonly Host host;

    /// <param name="folder">Of the inputs.</param>
    public Ours(string library, string folder, int threads)
    {
        artifact = Artifact.Open(library);
        NpyFile[] inputs = [.. artifact.Contract.Inputs.Select((_, i) => NpyFile.Read(BenchModel.Numbered(folder, "input", i)))];
        invocation = new(artifact, [.. artifact.Contract.Dimensions.Select(d => Extent(d, inputs))]);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!invocation.InputShape(i).SequenceEqual(inputs[i].Shape.AsSpan()))
                throw new BenchmarkException($"input {i} is [{string.Join(", ", inputs[i].Shape)}], the artifact takes [{string.Join(", ", invocation.InputShape(i).ToArray())}]");
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

    /// <summary>Writes the outputs of one more run, <c>output_N.npy</c>.</summary>
    public void Save(string folder)
    {
        Run();
        for (var i = 0; i < artifact.Contract.Outputs.Length; i++)
            new NpyFile(NpyFile.TypeOf(artifact.Contract.Outputs[i].Type), [.. invocation.OutputShape(i)], invocation.Output<byte>(i).ToArray()).Write(Path.Combine(folder, $"output_{i}.npy"));
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
