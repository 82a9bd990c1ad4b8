using System.Diagnostics;
using Lathe.Codegen.Gpu;

namespace Lathe.Cli;

/// <summary>A model whose kernels run on a device. No other takes its place where there is none.</summary>
internal sealed class GpuModel : RunnableModel
{
    private readonly Lathe.Ir.Program program;
    private readonly CancellationToken cancellation;

    /// <exception cref="DiagnosticException">It cannot be compiled; LT43xx: there is no such device, or the model does not fit it.</exception>
    public GpuModel(Session session, ModelBuild build, GpuOptions options, ModelSource source)
    {
        cancellation = session.Cancellation;
        Device = GpuDevice.Open(options.Kind);
        try
        {
            program = build.Mapped(source, Device.Generation);
            Templates = program.Steps.Calls.DistinctBy(call => call.Name).ToDictionary(call => call.Name, call => call.Info?.Template ?? "", StringComparer.Ordinal);
            session.Progress($"compiling {program.Kernels.Count} kernels for {Device.Name}");
            var watch = Stopwatch.StartNew();
            Program = new(program, Device, weightBytes: options.GpuMemory?.Bytes);
            LoadMilliseconds = watch.Elapsed.TotalMilliseconds;
            if (Program.StreamedBytes > 0)
                session.Report(new("LT4304", $"{Quantity.Bytes(Program.StreamedBytes)} of the weights have no room on {Device.Name} beside the {Quantity.Bytes(Program.WeightBytes)} that stay: every run brings them", "", "store weights in fewer bits (--quantize), or take a device with more memory", Severity.Warning));
        }
        catch
        {
            Device.Dispose();
            throw;
        }
    }

    public GpuDevice Device { get; }
    public GpuProgram Program { get; }

    /// <summary>The form of each call's kernel.</summary>
    public IReadOnlyDictionary<string, string> Templates { get; }

    /// <summary>From the mapped program to kernels that are compiled and weights that are uploaded.</summary>
    public double LoadMilliseconds { get; }

    // What compression stores in few bits the interface has in few bits.
    public override IReadOnlyList<Value> Inputs => program.Inputs;
    public override IReadOnlyList<string> Outputs => [.. program.Outputs.Select(v => v.Name)];
    public override IReadOnlyList<Seq<string>> OutputShapes => ShapesOf(program.Outputs);

    public override Tensor[] Run(IReadOnlyList<Tensor> inputs) => Program.Run(inputs, cancellation);

    public override void Dispose()
    {
        Program.Dispose();
        Device.Dispose();
    }
}
