using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>One stretch of a device's memory.</summary>
internal abstract class DeviceMemory(long bytes) : IDisposable
{
    /// <summary>In bytes.</summary>
    public long Length { get; } = bytes;

    /// <summary>A part of it; of nothing at the end, where no byte is, nothing at the start.</summary>
    public DevicePlace At(long from, long bytes) => new(this, bytes == 0 ? 0 : from, bytes);

    public abstract void Upload(long to, Bytes data, long bytes);

    /// <summary>The same, done when this returns and, where the device can, while it works on what was asked before; the caller knows that nothing of that meets these bytes.</summary>
    public virtual void UploadBeside(long to, Bytes data, long bytes) => Upload(to, data, bytes);

    /// <summary>What lies there once all that was asked is done.</summary>
    public abstract Bytes Download(long from, long bytes);

    public abstract void Dispose();
}

/// <summary>A part of a device's memory.</summary>
internal readonly record struct DevicePlace(DeviceMemory Memory, long Offset, long Bytes);
