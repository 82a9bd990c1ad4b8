using ILGPU;
using ILGPU.Algorithms;

namespace Lathe.UnitTests.Compat;

/// <summary>Kernels of the kind the GPU target writes; each uses another part of the API.</summary>
public static class GpuKernels
{
    public const int Tile = 16;

    public static void Gelu(Index1D index, ArrayView<float> x, ArrayView<float> result)
    {
        var value = x[index];
        result[index] = 0.5f * value * (1f + XMath.Tanh(0.7978845608f * (value + 0.044715f * value * value * value)));
    }

    public static void AddByGroups(ArrayView<float> a, ArrayView<float> b, ArrayView<float> sum, int count)
    {
        var index = Grid.IdxX * Group.DimX + Group.IdxX;
        if (index < count)
            sum[index] = a[index] + b[index];
    }

    /// <summary>Tiles in shared memory: a missing barrier, or memory that another group shares, gives wrong sums.</summary>
    public static void MatMul(ArrayView<float> a, ArrayView<float> b, ArrayView<float> product, int rows, int columns, int depth)
    {
        var (x, y) = (Group.IdxX, Group.IdxY);
        var row = Grid.IdxY * Tile + y;
        var column = Grid.IdxX * Tile + x;
        var left = SharedMemory.Allocate<float>(Tile * Tile);
        var right = SharedMemory.Allocate<float>(Tile * Tile);
        var sum = 0f;
        for (var start = 0; start < depth; start += Tile)
        {
            left[y * Tile + x] = row < rows && start + x < depth ? a[row * depth + start + x] : 0f;
            right[y * Tile + x] = column < columns && start + y < depth ? b[(start + y) * columns + column] : 0f;
            Group.Barrier();
            for (var k = 0; k < Tile; k++)
                sum += left[y * Tile + k] * right[k * Tile + x];
            Group.Barrier();
        }
        if (row < rows && column < columns)
            product[row * columns + column] = sum;
    }

    public static void SumByWarps(ArrayView<float> x, ArrayView<float> total)
    {
        var sum = x[Grid.GlobalIndex.X];
        for (var delta = Warp.WarpSize / 2; delta > 0; delta >>= 1)
            sum += Warp.ShuffleDown(sum, delta);
        if (Warp.IsFirstLane)
            Atomic.Add(ref total[0], sum);
    }

    public static void ReverseLocally(Index1D index, ArrayView<int> x, ArrayView<int> result)
    {
        var four = LocalMemory.Allocate<int>(4);
        for (var i = 0; i < 4; i++)
            four[3 - i] = x[index * 4 + i];
        for (var i = 0; i < 4; i++)
            result[index * 4 + i] = four[i];
    }
}
