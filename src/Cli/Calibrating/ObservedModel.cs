using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Machine code of a graph that also gives out values inside it: each run is shown to somebody.</summary>
internal sealed class ObservedModel : RunnableModel
{
    private readonly TemporaryFolder folder = new();
    private readonly NativeModel native;
    private readonly int outputs;
    private readonly Action<IReadOnlyDictionary<string, Tensor>> seen;

    /// <param name="values">That are given out.</param>
    /// <param name="seen">Told of the values of a run by name.</param>
    public ObservedModel(Session session, Graph graph, IReadOnlyCollection<Value> values, int jobs, Action<IReadOnlyDictionary<string, Tensor>> seen)
    {
        (this.seen, outputs) = (seen, graph.Outputs.Count);
        try
        {
            session.Progress($"calibration: making code that shows {values.Count} values");
            var passes = PassList.All().Where(pass => pass.Stage > Stage.Compress).ToSeq();
            var program = new Runner(passes).Run(new(Observations.Beside(graph, values)), new(MachineTable.Of(CpuTarget.Host))).MustBeProgram;
            ArtifactBuilder.Write([new(CpuTarget.Host, program)], new("calibration", folder.Path, [Emission.Shared], new("", "", "", ""), Jobs: jobs, Cache: ObjectCache.OfUser()), session.Cancellation);
            native = new(Path.Combine(folder.Path, CpuTarget.Host.System.SharedFile("calibration")), Environment.ProcessorCount, session.Cancellation);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Value> Inputs => native.Inputs;
    public override IReadOnlyList<string> Outputs => [.. native.Outputs.Take(outputs)];

    public override IReadOnlyList<Seq<string>> OutputShapes => [.. native.OutputShapes.Take(outputs)];

    public override Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        var results = native.Run(inputs);
        seen(native.Inputs.Select(v => v.Name).Zip(inputs).Concat(native.Outputs.Zip(results)).DistinctBy(p => p.First).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal));
        return results[..outputs];
    }

    public override void Dispose()
    {
        native.Dispose();
        folder.Dispose();
    }
}
