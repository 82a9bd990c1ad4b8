using System.Diagnostics;
using System.Text;
using Lathe.Codegen.Measuring;
using Lathe.Runtime;

namespace Lathe.Cli;

/// <summary>How fast a model runs at the extents of its inputs.</summary>
internal sealed class SpeedMeasure
{
    private const double WarmUpShare = 0.1;

    /// <summary>Bytes that are in no cache: reading more is no slower.</summary>
    private const double Far = 256 << 20;

    private readonly NativeModel model;
    private readonly double[] runs;
    private readonly ulong workspace;
    private readonly KernelTimes? times;
    private readonly double flops, peak, rate;

    public SpeedMeasure(NativeModel model, IReadOnlyList<Tensor> inputs, double seconds, int threads, bool profile, CancellationToken cancellation)
    {
        this.model = model;
        using var invocation = model.Bind(inputs);
        workspace = invocation.WorkspaceBytes;
        flops = Counted(invocation);
        Repeat(seconds * WarmUpShare, () => invocation.Run(model.Host), cancellation);
        runs = Repeat(seconds, () => invocation.Run(model.Host), cancellation);
        Array.Sort(runs);
        if (!profile) return;
        times = new(model.Contract.Kernels.Length);
        using var host = new Host(threads, times, cancellation);
        (peak, rate) = (threads * FmaPeak.Measure(), ReadRate.Measure((long)Math.Min(Far, model.Contract.WeightBytes + (double)workspace) / threads, threads));
        ProfiledRuns = Repeat(seconds, () => invocation.Run(host), cancellation).Length;
    }

    private int ProfiledRuns { get; }
    private double Least => runs[0];
    private double Median => runs[runs.Length / 2];
    private double Late => runs[Math.Min(runs.Length - 1, runs.Length * 95 / 100)];

    /// <summary>Arithmetic of one run: of kernels in loops once a round, of branches on the side that was taken.</summary>
    private double Counted(Invocation invocation)
    {
        var calls = new KernelTimes(model.Contract.Kernels.Length);
        using var host = new Host(times: calls);
        invocation.Run(host);
        return model.Contract.Kernels.Index().Sum(k => k.Item.Flops * calls.Calls(k.Index));
    }

    /// <summary>Whether the contract's counts hold for this run: they are for the largest dimensions.</summary>
    private bool IsStatic => model.Contract.Dimensions.Length == 0;

    public string Text(int threads)
    {
        var text = new StringBuilder($"{model.Contract.Name} on {threads} thread{(threads == 1 ? "" : "s")}: least {Quantity.Milliseconds(Least)}, median {Quantity.Milliseconds(Median)}, 95th percentile {Quantity.Milliseconds(Late)}, {runs.Length} runs\n");
        if (IsStatic) text.Append(CultureInfo.InvariantCulture, $"{Quantity.Count(flops)}FLOP, {Rate(flops, Least):0.0} GFLOP/s\n");
        text.Append(CultureInfo.InvariantCulture, $"load {Quantity.Milliseconds(model.LoadMilliseconds)}, arena {Quantity.Bytes(workspace)}, weights {Quantity.Bytes(model.Contract.WeightBytes)}, peak memory of this process {Quantity.Bytes(PeakMemory())}\n");
        if (times is null) return text.ToString();
        if (IsStatic) text.Append(CultureInfo.InvariantCulture, $"roofline, measured now: {peak:0.0} GFLOP/s, {rate:0.0} GB/s from where {Quantity.Bytes(model.Contract.WeightBytes + (long)workspace)} of weights and arena lie\n");
        text.Append('\n').Append(TableText.Print(["ms", "share", "GFLOP/s", "GB/s", "roofline", "kernel", "nodes"], [.. Kernels().Select(Row)]));
        return text.ToString();
    }

    public string Json(int threads) => JsonText.Print(json =>
    {
        json.WriteString("name", model.Contract.Name);
        json.WriteNumber("threads", threads);
        json.WriteNumber("min_ms", Least);
        json.WriteNumber("median_ms", Median);
        json.WriteNumber("p95_ms", Late);
        json.WriteNumber("runs", runs.Length);
        json.WriteNumber("load_ms", model.LoadMilliseconds);
        json.WriteNumber("arena_bytes", workspace);
        json.WriteNumber("weight_bytes", model.Contract.WeightBytes);
        json.WriteNumber("peak_rss_bytes", PeakMemory());
        if (IsStatic)
        {
            json.WriteReal("flops", flops);
            json.WriteReal("gflops_per_second", Rate(flops, Least));
        }
        if (times is null) return;
        json.WriteReal("peak_gflops_per_second", peak);
        json.WriteReal("peak_gbytes_per_second", rate);
        json.WriteObjects("kernels", Kernels(), k =>
        {
            json.WriteString("kernel", k.Kernel.Name);
            json.WriteList("nodes", k.Kernel.Nodes, json.WriteStringValue);
            json.WriteNumber("ms", k.Milliseconds);
            json.WriteNumber("min_ms", k.Least);
            if (!IsStatic) return;
            json.WriteReal("gflops_per_second", Rate(k.Kernel.Flops * k.Calls, k.Least));
            json.WriteReal("gbytes_per_second", Rate(k.Kernel.Bytes * k.Calls, k.Least));
            json.WriteReal("roofline_share", Roofline(k));
        });
    });

    /// <summary>What a kernel takes of a run: how often it is called, milliseconds of all calls on average, and if each were as fast as the fastest.</summary>
    private sealed record Share(ContractKernel Kernel, double Calls, double Milliseconds, double Least);

    /// <summary>Kernels that ran, those that take the longest first.</summary>
    private IEnumerable<Share> Kernels() => model.Contract.Kernels.Index().Select(k => (k.Item, At: k.Index, Calls: (double)times!.Calls(k.Index) / ProfiledRuns)).Where(k => k.Calls > 0)
        .Select(k => new Share(k.Item, k.Calls, times!.TotalMilliseconds(k.At) / ProfiledRuns, times.LeastMilliseconds(k.At) * k.Calls)).OrderByDescending(k => k.Milliseconds);

    private string[] Row(Share k)
    {
        string Real(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);
        var all = Kernels().Sum(other => other.Milliseconds);
        return [Real(k.Milliseconds, "0.000"), Real(100 * k.Milliseconds / all, "0.0") + " %", IsStatic ? Real(Rate(k.Kernel.Flops * k.Calls, k.Least), "0.0") : "", IsStatic ? Real(Rate(k.Kernel.Bytes * k.Calls, k.Least), "0.0") : "", IsStatic ? Real(100 * Roofline(k), "0") + " %" : "", k.Kernel.Name, string.Join(' ', k.Kernel.Nodes)];
    }

    /// <summary>What arithmetic at the peak, or reading and writing at the measured rate, would take of the kernel's time, whichever is longer. Winograd, which multiplies less than is counted, can be above 1; so can what stays in a nearer cache.</summary>
    private double Roofline(Share k) => Math.Max(k.Kernel.Flops * k.Calls / peak, k.Kernel.Bytes * k.Calls / rate) / (k.Least * 1e6);

    /// <summary>Billions a second.</summary>
    private static double Rate(double count, double milliseconds) => count / milliseconds / 1e6;

    /// <summary>Runs at least twice, and until the time is up; milliseconds of each run.</summary>
    private static double[] Repeat(double seconds, Action run, CancellationToken cancellation)
    {
        var all = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (all.Count < 2 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            var began = Stopwatch.GetTimestamp();
            run();
            all.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return [.. all];
    }

    /// <summary>Most memory this process ever had, from proc(5); on other systems what it has now.</summary>
    private static long PeakMemory()
    {
        const string file = "/proc/self/status";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
        return line is null ? Environment.WorkingSet : 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
