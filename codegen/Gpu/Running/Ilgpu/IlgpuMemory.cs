using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Memory that ILGPU gives.</summary>
internal sealed class IlgpuMemory(IlgpuDevice device, MemoryBuffer1D<byte, Stride1D.Dense> buffer, long bytes) : DeviceMemory(bytes)
{
    /// <summary>Most bytes that one copy moves: what .NET holds of it at a time.</summary>
    private const int Chunk = 32 << 20;

    public ArrayView<byte> View(long from, long bytes) => buffer.View.SubView(from, bytes).BaseView;

    public override void Upload(long to, Bytes data, long bytes)
    {
        for (var at = 0L; at < bytes; at += Chunk)
        {
            var length = (int)Math.Min(Chunk, bytes - at);
            buffer.View.SubView(to + at, length).CopyFromCPU(data.Span(at, length).ToArray());
        }
        GC.KeepAlive(data);
    }

    public override Bytes Download(long from, long bytes)
    {
        device.Synchronize();
        var data = Bytes.Zeros(bytes);
        for (var at = 0L; at < bytes; at += Chunk)
        {
            var part = new byte[Math.Min(Chunk, bytes - at)];
            buffer.View.SubView(from + at, part.Length).CopyToCPU(part);
            Marshal.Copy(part, 0, data.Address + (nint)at, part.Length);
        }
        return data;
    }

    public override void Dispose() => buffer.Dispose();
}
