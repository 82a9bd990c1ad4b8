using Lathe.Ir;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>The sizes of a contraction on tensor cores: a tile for a group of threads, in it one for each of its warps.</summary>
/// <param name="Rows">Of the group's tile.</param>
/// <param name="Columns">Of the group's tile.</param>
/// <param name="WarpRows">Of a warp's tile.</param>
/// <param name="WarpColumns">Of a warp's tile.</param>
/// <param name="Products">Steps of the tensor cores between one wait and the next.</param>
internal sealed record TensorTile(int Rows, int Columns, int WarpRows, int WarpColumns, int Products)
{
    /// <summary>Bytes that a thread reads of memory at once.</summary>
    private const int Access = 16;

    private static readonly TensorTile[] All = [new(128, 128, 64, 32, 2), new(64, 64, 32, 32, 2), new(32, 64, 16, 32, 2), new(32, 32, 16, 16, 2), new(16, 32, 16, 16, 4)];

    public int WarpsAcross => Columns / WarpColumns;

    public int Threads => Rows / WarpRows * WarpsAcross * WarpProduct.Warp;

    /// <summary>Steps of the sum between one wait and the next.</summary>
    public int Depth(Scalar kind) => Products * WarpProduct.Steps(kind);

    /// <summary>Numbers that a thread reads at once.</summary>
    public static int Run(Scalar kind) => Access * 8 / kind.Bits;

    /// <summary>The largest tile of which there are enough for the device; the smallest where there are not.</summary>
    public static TensorTile For(GpuDeviceModel device, long batch, long rows, long columns)
    {
        (batch, rows, columns) = (Math.Max(1, batch), rows == 0 ? 512 : rows, columns == 0 ? 512 : columns);
        return All.FirstOrDefault(tile => batch * Up(rows, tile.Rows) * Up(columns, tile.Columns) >= device.Multiprocessors && rows * 4 >= tile.Rows * 3 && columns * 4 >= tile.Columns * 3) ?? All[^1];
    }
}
