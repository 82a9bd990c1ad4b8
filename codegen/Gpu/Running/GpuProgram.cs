using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A program on a device: kernels compiled, weights uploaded once, or where they have no room as they are needed. A run copies its inputs there and its outputs back, and what the host must know on the way. One run at a time: all work in the same memory.</summary>
public sealed class GpuProgram : IDisposable
{
    /// <summary>Most dimensions that are remembered at once.</summary>
    private const int MostPlans = 8;

    private readonly Program program;
    private readonly GpuDevice device;
    private readonly IDeviceKernels kernels;
    private readonly DeviceWeights weights;
    private readonly Dictionary<string, RunPlan> plans = new(StringComparer.Ordinal);
    private readonly bool isFixed;

    /// <summary>What runs work in: the next run takes it again where it is enough.</summary>
    private DeviceMemory? memory;

    /// <param name="program">Mapped by <see cref="Passes.MapKernels"/>.</param>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="grid">Most groups of a launch and threads of a group; null: what suits the device.</param>
    /// <param name="weightBytes">Most bytes of the device that weights may take; null: what it has. Those beyond come again in every run.</param>
    /// <exception cref="DiagnosticException">LT4302: not even the weights of two calls fit the device; LT4310: it computes with kinds of number that no kernel has.</exception>
    public GpuProgram(Program program, GpuDevice device, GridShape? grid = null, long? weightBytes = null)
    {
        (this.program, this.device) = (program, device);
        // What data decide must be read while the run goes on; everything else is the same launches again.
        isFixed = program.Steps.Flat.All(step => step.Asked is null);
        kernels = device.Load(program, grid);
        try { weights = DeviceWeights.Of(program, device, kernels, weightBytes); }
        catch
        {
            kernels.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of weights on the device.</summary>
    public long WeightBytes => weights.Bytes;

    /// <summary>Bytes of weights that have no room there, and come in every run.</summary>
    public long StreamedBytes => weights.Streamed;

    /// <summary>Bytes of the arena that the last run took.</summary>
    public long ArenaBytes { get; private set; }

    /// <summary>How long the kernels of the last run took, copies left out, in milliseconds; null where the device does not tell.</summary>
    public double? KernelMilliseconds { get; private set; }

    /// <summary>Runs it on one tensor for each of its inputs.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the program; LT4302: the device has no room for the run.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end: between two kernels.</exception>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs, CancellationToken cancellation = default) => Run(inputs, (kernel, launch) => launch(), cancellation);

    /// <summary>Runs it with each call of a kernel timed on the device: the names of the calls and their milliseconds, in their order.</summary>
    /// <remarks>Empty where the device does not tell. Where data do not decide the run, kernels run several times each: what they leave is not right.</remarks>
    public IReadOnlyList<(string Call, double Milliseconds)> Profile(IReadOnlyList<Tensor> inputs, CancellationToken cancellation = default)
    {
        const int rounds = 5;
        var times = new List<(string, double)>();
        Run(inputs, (call, launch) =>
        {
            using var time = device.Time();
            time.Begin();
            launch();
            time.End();
            // Taken down, so that the host's work is not timed; again and again, since one launch is shorter than what a clock of the device tells apart.
            // Where data decide what comes next they must be right, and once is what there is.
            using var recording = isFixed && weights.Streamed == 0 && time.Milliseconds is not null ? device.Record(launch) : null;
            if (recording is not null)
            {
                time.Begin();
                for (var i = 0; i < rounds; i++) recording.Play();
                time.End();
            }
            if (time.Milliseconds is { } milliseconds) times.Add((call.Name, milliseconds / (recording is null ? 1 : rounds)));
        }, cancellation, mayReplay: false);
        return times;
    }

    private Tensor[] Run(IReadOnlyList<Tensor> inputs, Action<CallKernel, Action> call, CancellationToken cancellation, bool mayReplay = true)
    {
        cancellation.ThrowIfCancellationRequested();
        var plan = Plan(inputs);
        var at = Room(plan.Top);
        foreach (var (value, tensor) in program.Inputs.Zip(inputs)) at.Upload(plan.Places[value.Name].Offset, tensor.Bytes, tensor.Kind.Bytes(tensor.Count));
        if (plan.Recording is null && mayReplay && isFixed && plan.HasRun && weights.Streamed == 0) plan.Recording = device.Record(() => Steps(plan, at, call, cancellation));
        using var time = device.Time();
        time.Begin();
        if (mayReplay && plan.Recording is { } recording) recording.Play();
        else Steps(plan, at, call, cancellation);
        time.End();
        plan.HasRun = true;
        Tensor[] outputs = [.. program.Outputs.Select(value => Result(value, plan, Download(value.Name, plan, at)))];
        KernelMilliseconds = time.Milliseconds;
        return outputs;
    }

    /// <summary>Of numbers that share a byte the last may have no neighbour: those bits are 0, whatever lay there.</summary>
    private static Tensor Result(Value value, RunPlan plan, Bytes bytes)
    {
        var tensor = new Tensor(value.Type.Scalar, Dimensions.Evaluate(value.Type.Shape, plan.Symbols), bytes);
        if (tensor.Count * tensor.Kind.Bits % 8 is > 0 and var bits) bytes.Keep(tensor.Kind.Bytes(tensor.Count) - 1, (byte)((1 << (int)bits) - 1));
        return tensor;
    }

    private void Steps(RunPlan plan, DeviceMemory at, Action<CallKernel, Action> call, CancellationToken cancellation) =>
        new StepRun(new Readback(name => Download(name, plan, at)), plan.Symbols, step => call(step, () =>
        {
            var from = step.Scratch is { } offset ? Dimensions.Evaluate(offset, plan.Symbols) : 0;
            weights.Around(step, weight => kernels.Call(step.Kernel, [.. step.Arguments.Select(name => weight(name) ?? at.At(plan.Places[name].Offset, plan.Places[name].Bytes))], at.At(from, plan.Arena - from), plan.Symbols));
        }), cancellation).Run(program.Steps);

    /// <summary>Where everything lies for inputs of these dimensions.</summary>
    private RunPlan Plan(IReadOnlyList<Tensor> inputs)
    {
        var symbols = new SortedDictionary<string, long>(Dimensions.Bind(program.Inputs, inputs, program.Guards).ToDictionary(), StringComparer.Ordinal);
        var key = string.Join(',', symbols.Select(s => FormattableString.Invariant($"{s.Key}={s.Value}")).Concat(program.Inputs.Zip(inputs).Select(i => FormattableString.Invariant($"{i.Second.Count}"))));
        if (isFixed && plans.TryGetValue(key, out var known)) return known;
        long Evaluate(Expr e) => Dimensions.Evaluate(e, symbols);
        var plan = new RunPlan(symbols) { Arena = Evaluate(program.ArenaBytes) };
        plan.Start();
        foreach (var slot in program.Slots.Where(s => s.Kind == SlotKind.Arena)) plan.Places[slot.Name] = (Evaluate(slot.Offset), Evaluate(slot.Bytes));
        foreach (var slot in program.Slots.Where(s => s.Kind is SlotKind.Input or SlotKind.Output)) plan.Place(slot.Name, Evaluate(slot.Bytes));
        // What no kernel reads has no slot, and may be an output all the same.
        foreach (var (value, tensor) in program.Inputs.Zip(inputs).Where(i => !plan.Places.ContainsKey(i.First.Name))) plan.Place(value.Name, tensor.Kind.Bytes(tensor.Count));
        if (plans.Count == MostPlans) Forget();
        if (isFixed) plans[key] = plan;
        return plan;
    }

    /// <summary>Memory for a run; where it moves, launches that were taken down are of no use.</summary>
    private DeviceMemory Room(long bytes)
    {
        ArenaBytes = bytes;
        if (memory is not null && memory.Length >= bytes) return memory;
        foreach (var plan in plans.Values)
        {
            plan.Dispose();
            plan.Recording = null;
        }
        memory?.Dispose();
        memory = null;
        return memory = device.Allocate(bytes, "a run");
    }

    private Bytes Download(string name, RunPlan plan, DeviceMemory at) => weights.Read(name) ?? at.Download(plan.Places[name].Offset, plan.Places[name].Bytes);

    private void Forget()
    {
        foreach (var plan in plans.Values) plan.Dispose();
        plans.Clear();
    }

    public void Dispose()
    {
        Forget();
        memory?.Dispose();
        weights.Dispose();
        kernels.Dispose();
    }
}
