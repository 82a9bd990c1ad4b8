using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>The weights of a program, laid out as kernels want them: on the device, as many as it has room for. Those of the others are brought by <see cref="WeightStream"/>.</summary>
internal sealed class DeviceWeights : IDisposable
{
    private static readonly Dictionary<string, long> None = [];

    private readonly Program program;
    private readonly GpuDevice device;
    private readonly Dictionary<string, (long Offset, long Bytes)> places = new(StringComparer.Ordinal);
    private readonly DeviceMemory stored;
    private readonly WeightStream? stream;

    /// <param name="kernels">The program's.</param>
    /// <param name="most">Bytes that they may take; null: what the device gives.</param>
    /// <exception cref="DiagnosticException">LT4302: not even those of two calls have room, or would keep to the limit.</exception>
    public static DeviceWeights Of(Program program, GpuDevice device, IDeviceKernels kernels, long? most)
    {
        var all = program.Slots.Where(s => s.Kind == SlotKind.Weight).Sum(s => RunPlan.Aligned(Size(s)));
        if (most is { } limit)
        {
            if (limit < all && limit < Turns(program)) throw device.NoRoom(Turns(program), "the weights of two calls that take turns", FormattableString.Invariant($"{limit} are allowed"));
            return new(program, device, kernels, Math.Min(limit, all));
        }
        // Nobody says how much is free: what is refused is tried with less, down to nothing that stays.
        for (var room = all; ; room /= 2)
            try { return new(program, device, kernels, room); }
            catch (DiagnosticException e) when (room > 0 && e.Diagnostics is [{ Code: "LT4302" }]) { }
    }

    private DeviceWeights(Program program, GpuDevice device, IDeviceKernels kernels, long room)
    {
        (this.program, this.device) = (program, device);
        var sizes = program.Slots.Where(s => s.Kind is SlotKind.Weight or SlotKind.Source).ToDictionary(s => s.Name, Size, StringComparer.Ordinal);
        var weights = program.Slots.Where(s => s.Kind == SlotKind.Weight).ToDictionary(s => s.Name, Size, StringComparer.Ordinal);
        var isWhole = weights.Values.Sum(RunPlan.Aligned) <= room;
        var left = isWhole ? room : Math.Max(0, room - Turns(program));
        var top = 0L;
        foreach (var (name, bytes) in weights)
            if (RunPlan.Aligned(bytes) <= left - top)
            {
                places[name] = (top, bytes);
                top += RunPlan.Aligned(bytes);
            }
        stored = device.Allocate(top, "the weights");
        try
        {
            if (places.Count < weights.Count) stream = new(program, device, name => weights.ContainsKey(name) && !places.ContainsKey(name), name => weights[name]);
            Fill(kernels, sizes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What <see cref="WeightStream"/> takes at the most: its halves are as large as the call that reads most, so what stays is chosen with room for them left.</summary>
    private static long Turns(Program program)
    {
        var weights = program.Slots.Where(s => s.Kind == SlotKind.Weight).ToDictionary(s => s.Name, Size, StringComparer.Ordinal);
        return 2 * WeightStream.Calls(program, weights.ContainsKey).Select(call => call.Weights.Sum(name => RunPlan.Aligned(weights[name]))).DefaultIfEmpty(0).Max();
    }

    /// <summary>Bytes of the device that stay theirs: of those that never move, and of the stretches that the others take turns in.</summary>
    public long Bytes => stored.Length + (stream?.Room ?? 0);

    /// <summary>Bytes that come again in every run.</summary>
    public long Streamed => stream?.Bytes ?? 0;

    /// <summary>Where a weight lies that stays.</summary>
    public DevicePlace? Find(string name) => places.TryGetValue(name, out var place) ? stored.At(place.Offset, place.Bytes) : null;

    /// <summary>Asks for a call, which reads its weights by the function that it is given.</summary>
    public void Around(CallKernel call, Action<Func<string, DevicePlace?>> launch)
    {
        if (stream is null) launch(Find);
        else stream.Around(call, brought => launch(name => Find(name) ?? brought(name)));
    }

    /// <summary>What lies in a weight; null where the name is none.</summary>
    public Bytes? Read(string name) => places.TryGetValue(name, out var place) ? stored.Download(place.Offset, place.Bytes) : stream?.Read(name);

    private static long Size(Slot slot) => Dimensions.Evaluate(slot.Bytes, None);

    /// <summary>Brings what the model has, and lays out on the device what kernels want in another order; one after another, so that only that one is there twice.</summary>
    private void Fill(IDeviceKernels kernels, Dictionary<string, long> sizes)
    {
        var contents = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
        foreach (var (slot, bytes) in contents)
            if (places.TryGetValue(slot, out var place)) stored.Upload(place.Offset, bytes, Math.Min(bytes.Length, place.Bytes));
            else stream?.Keep(slot, bytes);
        foreach (var call in program.Once)
        {
            var (at, top) = (new Dictionary<string, long>(StringComparer.Ordinal), 0L);
            foreach (var name in call.Arguments.Distinct().Where(name => !places.ContainsKey(name)))
            {
                at[name] = top;
                top = RunPlan.Aligned(top + sizes[name]);
            }
            using var room = device.Allocate(top + Dimensions.Evaluate(kernels.Source(call.Kernel).ScratchBytes, None), $"laying out the weights of {call.Name}");
            foreach (var (name, from) in at)
                if ((contents.GetValueOrDefault(name) ?? stream?.Read(name)) is { } bytes) room.Upload(from, bytes, Math.Min(bytes.Length, sizes[name]));
            kernels.Call(call.Kernel, [.. call.Arguments.Select(name => Find(name) ?? room.At(at[name], sizes[name]))], room.At(top, room.Length - top), None);
            foreach (var (name, from) in at) stream?.Keep(name, () => room.Download(from, sizes[name]));
            device.Synchronize();
        }
    }

    public void Dispose()
    {
        stream?.Dispose();
        stored.Dispose();
    }
}
