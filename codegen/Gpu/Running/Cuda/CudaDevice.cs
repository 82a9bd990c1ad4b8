using Text = System.Text.Encoding;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A GPU of NVIDIA's, reached through its driver.</summary>
internal sealed unsafe class CudaDevice : GpuDevice
{
    /// <summary>Numbers of the driver's attributes.</summary>
    private const int Multiprocessors = 16, Major = 75, Minor = 76;

    private readonly int device;
    private nint stages;
    private readonly nint context;

    /// <summary>The compute capability without its point: 90 of a Hopper.</summary>
    private readonly int capability;

    private CudaDevice(CudaLibrary library, int device)
    {
        (Library, this.device) = (library, device);
        nint made = 0;
        Check(((delegate* unmanaged<nint*, int, int>)library.Function("cuDevicePrimaryCtxRetain"))(&made, device), "opening the device");
        context = made;
        Enter();
        (Stream, CopyStream) = (MadeStream(), MadeStream());
        Name = NameOf(library, device);
        capability = Attribute(Major) * 10 + Attribute(Minor);
    }

    public CudaLibrary Library { get; }

    /// <summary>What everything is asked of, one after another.</summary>
    public nint Stream { get; }

    /// <summary>What copies are asked of that go on beside.</summary>
    public nint CopyStream { get; }

    public override string Name { get; }

    /// <summary>What kernels and their PTX are made for: the highest that is known and that the device runs.</summary>
    /// <exception cref="DiagnosticException">LT4311: it is older than all that are known.</exception>
    public override string Generation => Passes.GpuDeviceModel.Generations.LastOrDefault(p => int.Parse(p.AsSpan("sm_".Length), System.Globalization.CultureInfo.InvariantCulture) <= capability)
        ?? throw new DiagnosticException(new Diagnostic("LT4311", FormattableString.Invariant($"{Name} is of generation sm_{capability}, older than {Passes.GpuDeviceModel.Generations[0]}"), "", "take an Ampere or later, or --target=cpu"));

    public static CudaDevice OpenFirst() => CudaLibrary.Found is { } library && Count(library) > 0 ? new(library, 0) : throw NotFound(GpuKind.Cuda, CudaLibrary.Why);

    public static IReadOnlyList<string> Found() => CudaLibrary.Found is { } library ? [.. Enumerable.Range(0, Count(library)).Select(i => NameOf(library, i))] : [];

    /// <summary>Makes the device the one that this thread speaks to, as the driver wants it of every thread.</summary>
    public void Enter() => Check(((delegate* unmanaged<nint, int>)Library.Function("cuCtxSetCurrent"))(context), "choosing the device");

    public void Check(int rc, string what) => Library.Check(rc, what);

    internal override DeviceMemory Allocate(long bytes, string what)
    {
        Enter();
        const int outOfMemory = 2;
        nint address = 0;
        bytes = Math.Max(bytes, 1);
        var rc = ((delegate* unmanaged<nint*, nuint, int>)Library.Function("cuMemAlloc_v2"))(&address, (nuint)bytes);
        if (rc == outOfMemory) throw NoRoom(bytes, what, Library.Name(rc));
        Check(rc, what);
        return new CudaMemory(this, address, bytes);
    }

    internal override IDeviceKernels Load(Program program, GridShape? grid) => new CudaKernels(this, program, grid ?? new(16 * Attribute(Multiprocessors), 256));

    internal override void Synchronize()
    {
        Enter();
        Check(((delegate* unmanaged<nint, int>)Library.Function("cuStreamSynchronize"))(Stream), "running kernels");
    }

    internal override IRecording Record(Action asked) => new CudaGraph(this, asked);

    internal override DeviceMark Mark()
    {
        var mark = new CudaEvent(this);
        mark.Record();
        return new(mark.Wait, mark.Dispose);
    }

    private nint MadeStream()
    {
        nint stream = 0;
        Check(((delegate* unmanaged<nint*, uint, int>)Library.Function("cuStreamCreate"))(&stream, 1), "making a stream");
        return stream;
    }

    internal override DeviceTime Time() => new CudaTime(this);

    /// <summary>Gives back what the driver made, where it was made. A driver that failed before refuses that too, and there is nothing more to do.</summary>
    public void Leave(string function, params ReadOnlySpan<nint> made)
    {
        if (((delegate* unmanaged<nint, int>)Library.Function("cuCtxSetCurrent"))(context) != 0) return;
        foreach (var each in made) if (each != 0) _ = ((delegate* unmanaged<nint, int>)Library.Function(function))(each);
    }

    /// <summary>Two stretches of host memory that stay in place, each of <see cref="CudaMemory.Stage"/> bytes; the device reads and writes them by itself.</summary>
    internal nint Stages
    {
        get
        {
            if (stages != 0) return stages;
            Enter();
            nint made = 0;
            Check(((delegate* unmanaged<nint*, nuint, uint, int>)Library.Function("cuMemHostAlloc"))(&made, 2 * CudaMemory.Stage, 0), "asking for memory to copy through");
            return stages = made;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        Leave("cuMemFreeHost", stages);
        Leave("cuStreamDestroy_v2", Stream, CopyStream);
        _ = ((delegate* unmanaged<int, int>)Library.Function("cuDevicePrimaryCtxRelease_v2"))(device);
    }

    private int Attribute(int number)
    {
        var value = 0;
        Check(((delegate* unmanaged<int*, int, int, int>)Library.Function("cuDeviceGetAttribute"))(&value, number, device), "asking what the device is");
        return value;
    }

    private static int Count(CudaLibrary library)
    {
        var count = 0;
        return ((delegate* unmanaged<int*, int>)library.Function("cuDeviceGetCount"))(&count) == 0 ? count : 0;
    }

    private static string NameOf(CudaLibrary library, int device)
    {
        var text = stackalloc byte[256];
        library.Check(((delegate* unmanaged<byte*, int, int, int>)library.Function("cuDeviceGetName"))(text, 256, device), "asking for the device's name");
        return Text.UTF8.GetString(new ReadOnlySpan<byte>(text, 256)[..new ReadOnlySpan<byte>(text, 256).IndexOf((byte)0)]);
    }
}
