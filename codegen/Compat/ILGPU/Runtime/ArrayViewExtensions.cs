namespace ILGPU.Runtime;

/// <summary>Copies between device memory and arrays.</summary>
public static class ArrayViewExtensions
{
    public static MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(this Accelerator accelerator, T[] data) where T : unmanaged
    {
        var buffer = accelerator.Allocate1D<T>(data.Length);
        buffer.CopyFromCPU(data);
        return buffer;
    }

    public static T[] GetAsArray1D<T>(this MemoryBuffer1D<T, Stride1D.Dense> buffer) where T : unmanaged =>
        buffer.View.BaseView.AsSpan().ToArray();

    public static void CopyFromCPU<T>(this MemoryBuffer1D<T, Stride1D.Dense> buffer, T[] data) where T : unmanaged =>
        data.CopyTo(buffer.View.BaseView.AsSpan());

    public static void CopyToCPU<T>(this MemoryBuffer1D<T, Stride1D.Dense> buffer, T[] data) where T : unmanaged =>
        buffer.View.BaseView.AsSpan().CopyTo(data);

    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, T[] data) where T : unmanaged =>
        data.CopyTo(view.BaseView.AsSpan());

    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, T[] data) where T : unmanaged =>
        view.BaseView.AsSpan().CopyTo(data);

    public static void MemSetToZero<T>(this MemoryBuffer1D<T, Stride1D.Dense> buffer) where T : unmanaged =>
        buffer.View.BaseView.AsSpan().Clear();
}
