using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A device of any maker, reached through OpenCL's loader.</summary>
internal sealed unsafe class OpenclDevice : GpuDevice
{
    private readonly nint device, context;

    private OpenclDevice(OpenclLibrary library, nint device)
    {
        const int mostOfOne = 0x1010, units = 0x1002, groupSize = 0x1004;
        (Library, this.device, Name) = (library, device, library.NameOf(device));
        MostOfOne = library.Number(device, mostOfOne);
        (Units, MostThreads) = ((int)library.Number(device, units), (int)library.Number(device, groupSize));
        var rc = 0;
        context = ((delegate* unmanaged<nint, uint, nint*, nint, nint, int*, nint>)library.Function("clCreateContext"))(0, 1, &device, 0, 0, &rc);
        OpenclLibrary.Check(rc, "opening the device");
        try { (Queue, CopyQueue) = (MadeQueue(), MadeQueue()); }
        catch
        {
            Release("clReleaseContext", context);
            throw;
        }
    }

    public OpenclLibrary Library { get; }

    /// <summary>What everything is asked of, one after another.</summary>
    public nint Queue { get; }

    /// <summary>What copies are asked of that go on beside.</summary>
    public nint CopyQueue { get; }

    /// <summary>Bytes that one allocation may have.</summary>
    public long MostOfOne { get; }

    /// <summary>What runs groups.</summary>
    public int Units { get; }

    /// <summary>Threads that a group may have.</summary>
    public int MostThreads { get; }

    public override string Name { get; }

    public static OpenclDevice OpenFirst() => OpenclLibrary.Found is { } library && library.Devices() is [var first, ..] ? new(library, first) : throw NotFound(GpuKind.Opencl, OpenclLibrary.Why);

    public static IReadOnlyList<string> Found() => OpenclLibrary.Found is { } library ? [.. library.Devices().Select(library.NameOf)] : [];

    internal override DeviceMemory Allocate(long bytes, string what)
    {
        const ulong readAndWrite = 1;
        bytes = Math.Max(bytes, 1);
        if (bytes > MostOfOne) throw NoRoom(bytes, what, FormattableString.Invariant($"one allocation has at most {MostOfOne}"));
        var rc = 0;
        var memory = ((delegate* unmanaged<nint, ulong, nuint, nint, int*, nint>)Library.Function("clCreateBuffer"))(context, readAndWrite, (nuint)bytes, 0, &rc);
        if (rc is OpenclLibrary.MemoryFailure or OpenclLibrary.OutOfResources or OpenclLibrary.OutOfHostMemory or OpenclLibrary.InvalidSize) throw NoRoom(bytes, what, OpenclLibrary.Name(rc));
        OpenclLibrary.Check(rc, what);
        return new OpenclMemory(this, memory, bytes);
    }

    internal override IDeviceKernels Load(Program program, GridShape? grid) => new OpenclKernels(this, program, grid ?? new(16 * Units, Math.Min(256, MostThreads)));

    internal override void Synchronize() => OpenclLibrary.Check(((delegate* unmanaged<nint, int>)Library.Function("clFinish"))(Queue), "running kernels");

    internal override DeviceMark Mark()
    {
        nint mark = 0;
        OpenclLibrary.Check(((delegate* unmanaged<nint, uint, nint, nint*, int>)Library.Function("clEnqueueMarkerWithWaitList"))(Queue, 0, 0, &mark), "running kernels");
        // A queue may wait for more before it begins.
        OpenclLibrary.Check(((delegate* unmanaged<nint, int>)Library.Function("clFlush"))(Queue), "running kernels");
        var made = mark;
        return new(() =>
        {
            var each = made;
            OpenclLibrary.Check(((delegate* unmanaged<uint, nint*, int>)Library.Function("clWaitForEvents"))(1, &each), "running kernels");
        }, () => Release("clReleaseEvent", made));
    }

    private nint MadeQueue()
    {
        var rc = 0;
        var queue = ((delegate* unmanaged<nint, nint, ulong, int*, nint>)Library.Function("clCreateCommandQueue"))(context, device, 0, &rc);
        OpenclLibrary.Check(rc, "making a queue");
        return queue;
    }

    /// <summary>Makes the device's code of a program.</summary>
    /// <exception cref="DiagnosticException">LT4303: its compiler refuses; what it says follows.</exception>
    public nint Build(string text)
    {
        const uint log = 0x1183;
        const int roundsRight = 1 << 7, floatsOfDevice = 0x101B, room = 16384;
        var source = System.Text.Encoding.UTF8.GetBytes(text + '\0');
        var options = System.Text.Encoding.UTF8.GetBytes($"-cl-std=CL1.2 -w{((Library.Number(device, floatsOfDevice) & roundsRight) != 0 ? " -cl-fp32-correctly-rounded-divide-sqrt" : "")}\0");
        nint program = 0;
        var rc = 0;
        fixed (byte* code = source)
        fixed (byte* asked = options)
        {
            var each = code;
            program = ((delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Library.Function("clCreateProgramWithSource"))(context, 1, &each, null, &rc);
            OpenclLibrary.Check(rc, "handing kernels over");
            var chosen = device;
            rc = ((delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)Library.Function("clBuildProgram"))(program, 1, &chosen, asked, 0, 0);
        }
        if (rc == 0) return program;
        var says = stackalloc byte[room];
        nuint length = 0;
        _ = ((delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Library.Function("clGetProgramBuildInfo"))(program, device, log, room, says, &length);
        Release("clReleaseProgram", program);
        OpenclLibrary.Check(rc, $"compiling kernels ({System.Text.Encoding.UTF8.GetString(says, (int)Math.Min(length, room)).TrimEnd('\0').Trim()})");
        return 0;
    }

    public void Release(string function, nint what) => _ = ((delegate* unmanaged<nint, int>)Library.Function(function))(what);

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        Release("clReleaseCommandQueue", Queue);
        Release("clReleaseCommandQueue", CopyQueue);
        Release("clReleaseContext", context);
    }
}
