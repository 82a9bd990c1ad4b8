using System.Diagnostics;

namespace Lathe.Cli;

/// <summary>How fast a model runs on a device, the copies of its inputs and outputs included.</summary>
internal sealed class GpuMeasure
{
    private readonly GpuModel model;
    private readonly string name;
    private readonly List<double> runs = [], kernels = [];

    public GpuMeasure(GpuModel model, string name, IReadOnlyList<Tensor> inputs, double seconds, bool profile, CancellationToken cancellation)
    {
        (this.model, this.name) = (model, name);
        model.Run(inputs);
        for (var start = Stopwatch.GetTimestamp(); runs.Count < 2 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            cancellation.ThrowIfCancellationRequested();
            var began = Stopwatch.GetTimestamp();
            model.Run(inputs);
            runs.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (model.Program.KernelMilliseconds is { } milliseconds) kernels.Add(milliseconds);
        }
        runs.Sort();
        kernels.Sort();
        this.profile = profile;
        if (profile) calls = [.. model.Program.Profile(inputs, cancellation)];
    }

    private readonly bool profile;
    private readonly Seq<(string Call, double Milliseconds)> calls = [];

    private double? Kernels => kernels.Count > 0 ? kernels[kernels.Count / 2] : null;
    private double Median => runs[runs.Count / 2];
    private double Late => runs[Math.Min(runs.Count - 1, runs.Count * 95 / 100)];

    public string Text => $"{name} on {model.Device.Name}: least {Quantity.Milliseconds(runs[0])}, median {Quantity.Milliseconds(Median)}, 95th percentile {Quantity.Milliseconds(Late)}, {runs.Count} runs\n"
        + (Kernels is { } alone ? $"of which kernels alone: median {Quantity.Milliseconds(alone)}\n" : "")
        + $"kernels compiled and weights uploaded in {Quantity.Milliseconds(model.LoadMilliseconds)}, arena {Quantity.Bytes(model.Program.ArenaBytes)}, weights {Quantity.Bytes(model.Program.WeightBytes)}{(model.Program.StreamedBytes > 0 ? $" and {Quantity.Bytes(model.Program.StreamedBytes)} that each run brings" : "")}\n"
        + (model.Device.IsProcessor ? "the processor plays the device: these times say nothing of a GPU\n" : "")
        + (profile && calls.Count == 0 ? "this device does not tell how long a kernel takes\n" : "")
        + string.Concat(calls.OrderByDescending(c => c.Milliseconds).Select(c => $"  {Quantity.Milliseconds(c.Milliseconds),10}  {c.Call}{(Template(c.Call) is { Length: > 0 } how ? $": {how}" : "")}\n"));

    private string Template(string call) => model.Templates.GetValueOrDefault(call, "");

    public string Json => JsonText.Print(json =>
    {
        json.WriteString("name", name);
        json.WriteString("device", model.Device.Name);
        json.WriteBoolean("device_is_processor", model.Device.IsProcessor);
        json.WriteNumber("min_ms", runs[0]);
        json.WriteNumber("median_ms", Median);
        json.WriteNumber("p95_ms", Late);
        if (Kernels is { } alone) json.WriteNumber("kernel_ms", alone);
        json.WriteNumber("runs", runs.Count);
        json.WriteNumber("load_ms", model.LoadMilliseconds);
        json.WriteNumber("arena_bytes", model.Program.ArenaBytes);
        json.WriteNumber("weight_bytes", model.Program.WeightBytes);
        json.WriteNumber("streamed_bytes", model.Program.StreamedBytes);
    });
}
