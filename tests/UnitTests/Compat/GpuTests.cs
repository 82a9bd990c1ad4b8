using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Lathe.UnitTests.Compat;

/// <summary>The kernel API, on the in-repo subset or on the package, whichever this build uses.</summary>
public sealed class GpuTests : IDisposable
{
    private readonly Context context = Context.Create(builder => builder.CPU(CPUDeviceKind.Nvidia).EnableAlgorithms());
    private readonly CPUAccelerator accelerator;
    private readonly Random random = new(1);

    public GpuTests() => accelerator = context.CreateCPUAccelerator(0);

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    [Fact]
    public void An_auto_grouped_kernel_runs_once_for_every_index()
    {
        var x = Floats(1000);
        using var input = accelerator.Allocate1D(x);
        using var output = accelerator.Allocate1D<float>(x.Length);

        AutoGrouped<Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>>>(nameof(GpuKernels.Gelu))
            (accelerator.DefaultStream, x.Length, input.View, output.View);
        accelerator.Synchronize();

        var expected = x.Select(v => 0.5 * v * (1 + Math.Tanh(0.7978845608 * (v + 0.044715 * v * v * v)))).ToArray();
        Assert.All(output.GetAsArray1D().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void A_kernel_runs_over_groups_the_last_of_them_partly_used()
    {
        var (x, y) = (Floats(1000), Floats(1000));
        using var a = accelerator.Allocate1D(x);
        using var b = accelerator.Allocate1D(y);
        using var sum = accelerator.Allocate1D<float>(x.Length);

        Grouped<Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int>>(nameof(GpuKernels.AddByGroups))
            (accelerator.DefaultStream, new KernelConfig(8, 128), a.View, b.View, sum.View, x.Length);
        accelerator.Synchronize();

        Assert.Equal(x.Zip(y, (left, right) => left + right), sum.GetAsArray1D());
    }

    [Fact]
    public void The_threads_of_a_group_meet_at_barriers_and_share_memory()
    {
        const int rows = 37, columns = 45, depth = 50;
        var (x, y) = (Floats(rows * depth), Floats(depth * columns));
        using var a = accelerator.Allocate1D(x);
        using var b = accelerator.Allocate1D(y);
        using var product = accelerator.Allocate1D<float>(rows * columns);

        Grouped<Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int>>(nameof(GpuKernels.MatMul))
            (accelerator.DefaultStream, new KernelConfig(new Index3D(3, 3, 1), new Index3D(GpuKernels.Tile, GpuKernels.Tile, 1)), a.View, b.View, product.View, rows, columns, depth);
        accelerator.Synchronize();

        var result = product.GetAsArray1D();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = Enumerable.Range(0, depth).Sum(k => (double)x[i * depth + k] * y[k * columns + j]);
                Assert.Equal(expected, result[i * columns + j], 1e-4);
            }
        }
    }

    [Fact]
    public void Lanes_of_a_warp_read_one_another()
    {
        var x = Floats(128);
        using var input = accelerator.Allocate1D(x);
        using var total = accelerator.Allocate1D<float>(1);
        total.MemSetToZero();

        Grouped<Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>>>(nameof(GpuKernels.SumByWarps))
            (accelerator.DefaultStream, new KernelConfig(2, 64), input.View, total.View);
        accelerator.Synchronize();

        Assert.Equal(x.Sum(v => (double)v), total.GetAsArray1D()[0], 1e-3);
    }

    [Fact]
    public void Local_memory_belongs_to_one_thread()
    {
        using var input = accelerator.Allocate1D([.. Enumerable.Range(0, 16)]);
        using var output = accelerator.Allocate1D<int>(16);

        AutoGrouped<Action<AcceleratorStream, Index1D, ArrayView<int>, ArrayView<int>>>(nameof(GpuKernels.ReverseLocally))
            (accelerator.DefaultStream, 4, input.View, output.View);
        accelerator.Synchronize();

        Assert.Equal([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12], output.GetAsArray1D());
    }

    private float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];

    private T Grouped<T>(string kernel) where T : Delegate =>
        accelerator.LoadKernel(typeof(GpuKernels).GetMethod(kernel)!).CreateLauncherDelegate<T>();

    private T AutoGrouped<T>(string kernel) where T : Delegate =>
        accelerator.LoadAutoGroupedKernel(typeof(GpuKernels).GetMethod(kernel)!).CreateLauncherDelegate<T>();
}
