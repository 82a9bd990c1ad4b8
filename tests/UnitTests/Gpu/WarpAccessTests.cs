using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Gpu;

/// <summary>What makes tiles fast, read off their indices: coalesced reads, no bank twice, few reads for each multiply-add, shared memory that a group is given without asking.</summary>
public sealed class WarpAccessTests
{
    [Theory]
    [InlineData("f32", 4096, "groups of 128x128")]
    [InlineData("f32", 1024, "groups of 128x64")]
    [InlineData("f32", 256, "groups of 32x32")]
    [InlineData("f16", 4096, "tensor cores, f16, groups of 128x128")]
    [InlineData("bf16", 512, "tensor cores, bf16, groups of 32x32")]
    public void A_matrix_product_reads_memory_in_whole_sectors_and_no_bank_of_shared_memory_twice(string kind, int n, string form)
    {
        var (template, kernel) = Product(kind, n);
        Assert.StartsWith(form, template, StringComparison.Ordinal);
        var all = WarpAccess.Of(kernel).ToList();
        Assert.NotEmpty(all);
        foreach (var (isStore, access) in all)
        {
            if (access.Buffer.Space != Space.Shared) Assert.True(access.Moved <= 1, $"%{access.Buffer.Name}: {access.Moved} bytes move for each that is asked for");
            // On the way in a transposed block meets a bank twice; the products read each number many times and wait for nobody.
            else Assert.True(access.BankConflicts <= (isStore ? 2 : 1), $"%{access.Buffer.Name} {(isStore ? "stored" : "read")}: {access.BankConflicts} times one bank");
        }
    }

    [Theory]
    [InlineData("f32", 4096)]
    [InlineData("f32", 256)]
    [InlineData("f16", 4096)]
    [InlineData("f16", 64)]
    [InlineData("f64", 4096)]
    [InlineData("f64", 256)]
    public void Shared_memory_is_what_a_group_has_without_asking(string kind, int n) =>
        Assert.InRange(Product(kind, n).Kernel.Body.All.OfType<Scratch>().Where(s => s.Buffer.Space == Space.Shared).Sum(s => s.Buffer.Scalar.Bytes(s.Buffer.Size.Whole)), 1, GpuDeviceModel.Of("sm_90").SharedBytes);

    [Fact]
    public void A_thread_reads_each_row_and_column_of_its_tile_once_for_each_step()
    {
        var (_, kernel) = Product("f32", 4096);
        var step = kernel.Body.All.OfType<Store>().First(s => s.Value is Call { Function: Function.Fma });
        var around = kernel.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Unroll && l.All.Contains(step)).Select(l => l.Axis).ToList();
        var shared = step.Value.Parts().OfType<Load>().Where(l => l.Buffer.Space == Space.Shared).ToList();
        Assert.Equal(2, shared.Count);
        // Of the indices around, the step and one side of the tile move each read: the reads of a step are the sides, the multiply-adds their product.
        var sides = around.TakeLast(2).ToList();
        Assert.All(shared, load => Assert.Single(sides, load.Mentions));
        Assert.All(sides, side => Assert.Equal(8, side.Extent.Whole));
    }

    [Fact]
    public void A_softmax_reads_rows_in_whole_sectors()
    {
        var (_, kernel) = Mapped("graph main(%x: tensor<256x1024, f32>) -> tensor<256x1024, f32> {\n  %y = softmax(%x) : tensor<256x1024, f32>\n  return %y\n}\n");
        Assert.All(WarpAccess.Of(kernel).Where(a => a.Access.Buffer.Space == Space.Argument), a => Assert.Equal(1, a.Access.Moved));
    }

    [Theory]
    [InlineData("256x1024", "%y = softmax(%x) : tensor<256x1024, f32>", "128 threads for each row, which they hold")]
    [InlineData("64x8192", "%y = softmax(%x) : tensor<64x8192, f32>", "512 threads for each row, which they hold")]
    [InlineData("64x256", "%y = log_softmax(%x) : tensor<64x256, f32>", "64 threads for each row, which they hold")]
    [InlineData("128x768", "%y = layer_normalization(%x, @g, @g) : tensor<128x768, f32>", "128 threads for each row, which they hold")]
    [InlineData("128x768", "%y = rms_normalization(%x, @g) : tensor<128x768, f32>", "128 threads for each row, which they hold")]
    [InlineData("128x768", "%a = gelu(%x) : tensor<128x768, f32>\n  %y = add(%a, @g) : tensor<128x768, f32>", "a thread for each result")]
    [InlineData("128x768", "%a = add(%x, @g) : tensor<128x768, f32>\n  %y = softmax(%a) : tensor<128x768, f32>", "128 threads for each row, which they hold")]
    public void Each_number_comes_from_memory_once_and_each_result_goes_there_once(string type, string steps, string form)
    {
        var (template, kernel) = Mapped($"weights {{\n  @g : tensor<768, f32> = [{string.Join(", ", Enumerable.Repeat("1.0", 768))}]\n}}\n\ngraph main(%x: tensor<{type}, f32>) -> tensor<{type}, f32> {{\n  {steps}\n  return %y\n}}\n");
        Assert.Equal(form, template);
        foreach (var (buffer, times) in Times(kernel.Body, 1).Where(t => t.Buffer.Space == Space.Argument && t.Buffer.Size.Whole > 768).GroupBy(t => t.Buffer, (buffer, all) => (buffer, all.Sum(t => t.Times))))
            Assert.True(times <= 1.2 * buffer.Size.Whole, $"%{buffer.Name}: {times} numbers move, it has {buffer.Size}");
    }

    /// <summary>No more threads and memory than devices of any maker give, registers that OpenCL exchanges through memory among them.</summary>
    [Theory]
    [InlineData("f64")]
    [InlineData("f32")]
    public void What_any_device_must_run_asks_for_no_more_than_it_has(string kind)
    {
        var (_, kernel) = Mapped($"graph main(%x: tensor<4x8192, {kind}>) -> tensor<4x8192, {kind}> {{\n  %y = softmax(%x) : tensor<4x8192, {kind}>\n  return %y\n}}\n", "any");
        Assert.All(kernel.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Threads), l => Assert.InRange(l.Axis.Extent.Whole, 1, GpuDeviceModel.Any.MostThreads));
        var exchanged = kernel.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Threads).SelectMany(l => l.Loads.Where(load => load.Buffer.Space == Space.Registers && load.At is [Binary { Operator: Operator.Xor }, ..])).Select(l => l.Buffer).ToHashSet();
        Assert.NotEmpty(exchanged);
        Assert.InRange(kernel.Body.All.OfType<Scratch>().Where(s => s.Buffer.Space == Space.Shared || exchanged.Contains(s.Buffer)).Sum(s => s.Buffer.Scalar.Bytes(s.Buffer.Size.Whole)), 1, GpuDeviceModel.Any.SharedBytes);
    }

    [Fact]
    public void Parts_of_sums_are_not_laid_down_for_results_of_any_number()
    {
        var (template, kernel) = Mapped("graph main(%x: tensor<[n, 4096], f32>, %w: tensor<4096x64, f32>) -> tensor<[n, 64], f32> where n in 1.. {\n  %y = mat_mul(%x, %w) : tensor<[n, 64], f32>\n  return %y\n}\n");
        Assert.StartsWith("groups of", template, StringComparison.Ordinal);
        Assert.Equal(0, ScratchLayout.Of(kernel).Bytes);
    }

    /// <summary>While a stage is worked on the other is filled: once, not twice, all wait in a round.</summary>
    [Theory]
    [InlineData("f32", 4096)]
    [InlineData("f16", 4096)]
    public void A_round_waits_once(string kind, int n)
    {
        var (_, kernel) = Product(kind, n);
        var group = (Loop)kernel.Body;
        var barriers = new Codegen.Gpu.Barriers(group.Body);
        var rounds = group.Body.All.OfType<Loop>().Single(l => l.Kind == LoopKind.For && l.HasThreads);
        Assert.Equal(2, rounds.Body.All.OfType<Loop>().Count(l => l.Kind == LoopKind.Threads && barriers.IsBefore(l)));
    }

    /// <summary>How often each access of a kernel happens.</summary>
    private static IEnumerable<(Lathe.Ir.Buffer Buffer, long Times)> Times(Stmt stmt, long times) => stmt switch
    {
        Loop loop => Times(loop.Body, times * loop.Axis.Extent.Whole),
        Store store => store.Value.Parts().OfType<Load>().Select(l => (l.Buffer, times)).Append((store.Buffer, times)),
        _ => stmt.Inner.SelectMany(inner => Times(inner, times)),
    };

    private static (string Template, Kernel Kernel) Product(string kind, int n) =>
        Mapped($"graph main(%x: tensor<{n}x{n}, {kind}>, %w: tensor<{n}x{n}, {kind}>) -> tensor<{n}x{n}, {kind}> {{\n  %y = mat_mul(%x, %w) : tensor<{n}x{n}, {kind}>\n  return %y\n}}\n");

    private static (string Template, Kernel Kernel) Mapped(string graph, string device = "sm_90")
    {
        var program = new Runner(MapKernels.Instead(Pipeline.Default, device).Run).Run(new(IrText.Read(graph).Graphs[0]), new Compilation(new Machine("test"))).MustBeProgram;
        return (Assert.Single(program.Steps.Calls).Info!.Template, Assert.Single(program.Kernels));
    }
}
