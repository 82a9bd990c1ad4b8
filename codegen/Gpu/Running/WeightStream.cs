using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>
/// Weights that the device has no room for: they lie in the host's memory, and those of each call are on the device while it runs. Two stretches of memory take turns:
/// while one call runs, the weights of the next are on their way.
/// </summary>
internal sealed class WeightStream : IDisposable
{
    private readonly GpuDevice device;
    private readonly Func<string, bool> isStreamed;
    private readonly List<(CallKernel Call, List<string> Weights)> calls;
    private readonly Dictionary<CallKernel, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Bytes> contents = new(StringComparer.Ordinal);
    private readonly Func<string, long> size;
    private readonly DeviceMemory[] halves = new DeviceMemory[2];

    /// <summary>The call whose weights a half holds, and from where on nothing reads them any more.</summary>
    private readonly (int Call, DeviceMark? Until)[] held = [(-1, null), (-1, null)];

    public WeightStream(Program program, GpuDevice device, Func<string, bool> isStreamed, Func<string, long> size)
    {
        (this.device, this.isStreamed, this.size) = (device, isStreamed, size);
        calls = Calls(program, isStreamed);
        foreach (var (i, (call, _)) in calls.Index()) numbers[call] = i;
        Bytes = calls.SelectMany(c => c.Weights).Distinct().Sum(size);
        var most = calls.Select(c => c.Weights.Sum(name => RunPlan.Aligned(size(name)))).DefaultIfEmpty(0).Max();
        try { for (var i = 0; i < halves.Length; i++) halves[i] = device.Allocate(most, "the weights of one call, of two that take turns"); }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the device.</summary>
    public long Room => halves.Sum(half => half.Length);

    /// <summary>Bytes that come in every run, each once.</summary>
    public long Bytes { get; }

    /// <summary>Calls that read some of the weights, in the order of the text, and which.</summary>
    public static List<(CallKernel Call, List<string> Weights)> Calls(Program program, Func<string, bool> isStreamed) =>
        [.. program.Steps.Calls.Select(call => (Call: call, Weights: call.Arguments.Where(isStreamed).Distinct().ToList())).Where(c => c.Weights.Count > 0)];

    public void Keep(string name, Bytes bytes)
    {
        if (isStreamed(name)) contents[name] = bytes;
    }

    /// <summary>Keeps what was made, where it is one of these and nobody gave it.</summary>
    public void Keep(string name, Func<Bytes> made)
    {
        if (isStreamed(name)) contents[name] = made();
    }

    public Bytes? Read(string name) => contents.GetValueOrDefault(name);

    /// <summary>Asks for a call, its weights brought; then, while the device is at it, brings those of the next.</summary>
    public void Around(CallKernel call, Action<Func<string, DevicePlace?>> launch)
    {
        if (!numbers.TryGetValue(call, out var number))
        {
            launch(_ => null);
            return;
        }
        var half = Bring(number, other: -1);
        launch(name => Place(number, half, name));
        held[half].Until?.Dispose();
        held[half].Until = device.Mark();
        // What follows in the text mostly follows in the run; where it does not, it is brought when it is asked for.
        Bring((number + 1) % calls.Count, other: half);
    }

    /// <summary>Which half holds a call's weights, after they were brought where none did.</summary>
    /// <param name="other">The half that is to be left alone.</param>
    private int Bring(int number, int other)
    {
        for (var i = 0; i < halves.Length; i++) if (held[i].Call == number) return i;
        var half = other == 0 ? 1 : 0;
        held[half].Until?.Wait();
        held[half].Until?.Dispose();
        held[half] = (number, null);
        foreach (var name in calls[number].Weights)
        {
            var place = Place(number, half, name)!.Value;
            halves[half].UploadBeside(place.Offset, contents[name], Math.Min(contents[name].Length, place.Bytes));
        }
        return half;
    }

    private DevicePlace? Place(int number, int half, string name)
    {
        var from = 0L;
        foreach (var each in calls[number].Weights)
        {
            if (each == name) return halves[half].At(from, size(name));
            from += RunPlan.Aligned(size(each));
        }
        return null;
    }

    public void Dispose()
    {
        foreach (var (_, until) in held) until?.Dispose();
        foreach (var half in halves) half?.Dispose();
    }
}
