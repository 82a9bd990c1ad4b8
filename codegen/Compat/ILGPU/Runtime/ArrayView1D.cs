namespace ILGPU.Runtime;

/// <summary>A view of device memory as the host sees it.</summary>
public readonly struct ArrayView1D<T, TStride>
    where T : unmanaged
    where TStride : struct
{
    internal ArrayView1D(ArrayView<T> view) => BaseView = view;

    public ArrayView<T> BaseView { get; }
    public long Length => BaseView.Length;

    public ArrayView1D<T, TStride> SubView(long index, long length) => new(BaseView.SubView(index, length));

    public static implicit operator ArrayView<T>(ArrayView1D<T, TStride> view) => view.BaseView;
}
