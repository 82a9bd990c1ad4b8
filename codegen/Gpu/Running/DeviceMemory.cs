using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>One stretch of a device's memory.</summary>
internal sealed class DeviceMemory : IDisposable
{
    /// <summary>Most bytes that one copy moves: what .NET holds of it at a time.</summary>
    private const int Chunk = 32 << 20;

    private readonly MemoryBuffer1D<byte, Stride1D.Dense> buffer;

    /// <exception cref="DiagnosticException">LT4302: the device has not so much.</exception>
    public DeviceMemory(GpuDevice device, long bytes, string what)
    {
        Length = Math.Max(bytes, 1);
        try { buffer = device.Accelerator.Allocate1D<byte>(Length); }
        catch (Exception e) when (e is OutOfMemoryException or AcceleratorException or OverflowException)
        {
            throw new DiagnosticException(new Diagnostic("LT4302", $"{what}: {device.Name} has no room for {Length} bytes ({e.GetType().Name})", "", "give smaller dimensions (--dim), store weights in fewer bits (--quantize), or take a device with more memory"));
        }
    }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes as kernels are given them; of nothing at the end, where no byte is, a view of nothing at the start.</summary>
    public ArrayView<byte> View(long from, long bytes) => buffer.View.SubView(bytes == 0 ? 0 : from, bytes).BaseView;

    public void Upload(long to, Bytes data, long bytes)
    {
        for (var at = 0L; at < bytes; at += Chunk)
        {
            var length = (int)Math.Min(Chunk, bytes - at);
            buffer.View.SubView(to + at, length).CopyFromCPU(data.Span(at, length).ToArray());
        }
        GC.KeepAlive(data);
    }

    public Bytes Download(long from, long bytes)
    {
        var data = Bytes.Zeros(bytes);
        for (var at = 0L; at < bytes; at += Chunk)
        {
            var part = new byte[Math.Min(Chunk, bytes - at)];
            buffer.View.SubView(from + at, part.Length).CopyToCPU(part);
            Marshal.Copy(part, 0, data.Address + (nint)at, part.Length);
        }
        return data;
    }

    public void Dispose() => buffer.Dispose();
}
