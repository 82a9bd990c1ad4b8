using Lathe.Codegen.Gpu;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Gpu;

/// <summary>Programs as kernels for a GPU that the processor plays, with several groups of several threads, against the interpreter.</summary>
public sealed class GpuProgramTests
{
    private const string Any = "any", Hopper = "sm_90";

    private static readonly Lazy<GpuDevice> Device = new(() => GpuDevice.Open(GpuKind.Cpu));

    /// <summary>Each in both ways to play a group: threads that really wait for one another, and one that takes their turns.</summary>
    [Theory]
    [InlineData("f32", "[n, n]", "%y = add(%x, %x) : tensor<[n, n], f32>", 3, Any, "a thread for each result", false)]
    [InlineData("f32", "[n, n]", "%y = mat_mul(%x, %x) : tensor<[n, n], f32>", 37, Any, "groups of 32x32", false)]
    [InlineData("f32", "[n, n]", "%y = mat_mul(%x, %x) : tensor<[n, n], f32>", 37, Any, "groups of 32x32", true)]
    [InlineData("f32", "[n, n]", "%y = softmax(%x) : tensor<[n, n], f32>", 33, Any, "128 threads for each row", false)]
    [InlineData("f32", "[n, n]", "%y = softmax(%x) : tensor<[n, n], f32>", 33, Any, "128 threads for each row", true)]
    [InlineData("f32", "[40, 40]", "%y = softmax(%x) : tensor<40x40, f32>", 40, Any, "32 threads for each row, which they hold", false)]
    [InlineData("f32", "[100, 100]", "%y = log_softmax(%x) : tensor<100x100, f32>", 100, Any, "64 threads for each row, which they hold", false)]
    [InlineData("f32", "[100, 100]", "%y = log_softmax(%x) : tensor<100x100, f32>", 100, Any, "64 threads for each row, which they hold", true)]
    [InlineData("f16", "[64, 64]", "%y = softmax(%x) : tensor<64x64, f16>", 64, Hopper, "32 threads for each row", true)]
    [InlineData("f32", "[40, 40]", "%t = transpose(%x, perm=[1, 0]) : tensor<40x40, f32>\n  %a = add(%x, %t) : tensor<40x40, f32>\n  %y = softmax(%a) : tensor<40x40, f32>", 40, Any, "32 threads for each row, which they hold", false)]
    [InlineData("f32", "[40, 40]", "%t = transpose(%x, perm=[1, 0]) : tensor<40x40, f32>\n  %a = add(%x, %t) : tensor<40x40, f32>\n  %y = softmax(%a) : tensor<40x40, f32>", 40, Any, "32 threads for each row, which they hold", true)]
    [InlineData("f32", "[n, n]", "%y = einsum(%x, %x, @b, equation=\"ik,jk,b->bij\") : tensor<[3, n, n], f32>", 7, Any, "", false)]
    [InlineData("f32", "[48, 48]", "%i = eye_like(@eye, dtype=f32) : tensor<48x48, f32>\n  %y = mat_mul(%x, %i) : tensor<48x48, f32>", 48, Any, "", false)]
    [InlineData("f32", "[n, n]", "%y = erf(%x) : tensor<[n, n], f32>", 9, Any, "a thread for each result", false)]
    [InlineData("f32", "[40, 40]", "%y = reduce_max(%x, @rows) : tensor<1x40, f32>", 40, Any, "8 parts of the steps", false)]
    [InlineData("f32", "[40, 40]", "%y = reduce_sum(%x, @columns) : tensor<40x1, f32>", 40, Any, "32 threads for each row", false)]
    [InlineData("f16", "[48, 48]", "%y = mat_mul(%x, %x) : tensor<48x48, f16>", 48, Hopper, "tensor cores, f16", true)]
    [InlineData("f16", "[48, 48]", "%y = mat_mul(%x, %x) : tensor<48x48, f16>", 48, Hopper, "tensor cores, f16", false)]
    [InlineData("bf16", "[41, 41]", "%y = mat_mul(%x, %x) : tensor<41x41, bf16>", 41, Hopper, "tensor cores, bf16", true)]
    public void Give_what_the_interpreter_gives(string kind, string shape, string step, int n, string device, string form, bool inTurns)
    {
        var result = step[(step.LastIndexOf(" : ", StringComparison.Ordinal) + 3)..];
        var where = shape.Contains('n', StringComparison.Ordinal) ? " where n in 1.." : "";
        var graph = IrText.Read($"weights {{\n  @rows : tensor<1, i64> = [0]\n  @columns : tensor<1, i64> = [1]\n  @b : tensor<3, f32> = [1.0, 2.0, 3.0]\n  @eye : tensor<48x48, u8> = [{string.Join(", ", Enumerable.Repeat("0", 48 * 48))}]\n}}\n\ngraph main(%x: tensor<{shape}, {kind}>) -> {result}{where} {{\n  {step}\n  return %y\n}}\n").Graphs[0];
        var random = new Random(1);
        var x = Tensor.Of([n, n], [.. Enumerable.Range(0, n * n).Select(_ => (float)(random.NextDouble() * 4 - 2))]);
        var input = kind == "f32" ? x : Interpreter.Run(IrText.Read($"graph main(%x: tensor<{n}x{n}, f32>) -> tensor<{n}x{n}, {kind}> {{\n  %y = cast(%x, to={kind}) : tensor<{n}x{n}, {kind}>\n  return %y\n}}\n").Graphs[0], [x])[0];
        var program = Mapped(graph, device);
        using var loaded = new GpuProgram(program, Device.Value, new(3, 4, inTurns));

        var (expected, actual) = (Interpreter.Run(graph, [input])[0], loaded.Run([input])[0]);

        Assert.Contains(form, Assert.Single(program.Steps.Calls).Info!.Template, StringComparison.Ordinal);
        Assert.Equal(expected.Shape, actual.Shape);
        // As C#, and as the loops that the kernels are.
        foreach (var found in (Tensor[])[actual, Interpreter.Run(program, [input])[0]])
        {
            var difference = Difference.Between(expected, found);
            Assert.True(difference.Share <= Math.Max(1e-5, expected.Kind.Spacing), difference.Where);
        }
    }

    /// <summary>Five layers, of which the device has room for none, one or all: the same numbers, bit for bit, run after run.</summary>
    [Theory]
    [InlineData(18_432)]
    [InlineData(40_000)]
    [InlineData(long.MaxValue)]
    public void Weights_without_room_come_in_every_run(long room) => Streams(Device.Value, new(3, 4, InTurns: true), room);

    [Fact]
    public void A_limit_that_two_calls_cannot_keep_is_refused() =>
        Assert.Equal("LT4302", Assert.Single(Assert.Throws<DiagnosticException>(() => Streams(Device.Value, new(3, 4, InTurns: true), 18_000)).Diagnostics).Code);

    [OpenclTheory]
    [InlineData(18_432)]
    [InlineData(40_000)]
    public void So_they_do_beside_what_the_device_does(long room)
    {
        using var device = GpuDevice.Open(GpuKind.Opencl);
        Streams(device, null, room);
    }

    private static void Streams(GpuDevice device, GridShape? grid, long room)
    {
        const int layers = 5, n = 48;
        var random = new Random(7);
        var weights = string.Concat(Enumerable.Range(0, layers).Select(i => $"  @w{i} : tensor<{n}x{n}, f32> = [{string.Join(", ", Enumerable.Range(0, n * n).Select(_ => (random.NextDouble() - 0.5).ToString("F3", System.Globalization.CultureInfo.InvariantCulture)))}]\n"));
        var steps = string.Concat(Enumerable.Range(0, layers).Select(i => $"  %h{i} = mat_mul({(i == 0 ? "%x" : $"%r{i - 1}")}, @w{i}) : tensor<{n}x{n}, f32>\n  %r{i} = relu(%h{i}) : tensor<{n}x{n}, f32>\n"));
        var graph = IrText.Read($"weights {{\n{weights}}}\n\ngraph main(%x: tensor<{n}x{n}, f32>) -> tensor<{n}x{n}, f32> {{\n{steps}  return %r{layers - 1}\n}}\n").Graphs[0];
        var program = Mapped(graph, Any);
        using var resident = new GpuProgram(program, device, grid);
        using var streamed = new GpuProgram(program, device, grid, room);
        Assert.Equal(0, resident.StreamedBytes);
        Assert.Equal(room == long.MaxValue, streamed.StreamedBytes == 0);
        Assert.InRange(streamed.WeightBytes, 1, room == long.MaxValue ? room : room + 1);
        for (var run = 0; run < 3; run++)
        {
            var x = Tensor.Of([n, n], [.. Enumerable.Range(0, n * n).Select(_ => (float)random.NextDouble())]);
            Assert.Equal(resident.Run([x])[0].ToDoubles(), streamed.Run([x])[0].ToDoubles());
        }
    }

    [Fact]
    public void Bits_behind_the_last_number_are_zero()
    {
        var graph = IrText.Read("graph main(%x: tensor<[n], f32>) -> tensor<[n], i4> where n in 1.. {\n  %y = cast(%x, to=i4) : tensor<[n], i4>\n  return %y\n}\n").Graphs[0];
        using var loaded = new GpuProgram(Mapped(graph, Any), Device.Value, new(3, 4));
        loaded.Run([Tensor.Of([4], [-1f, -1, -1, -1])]);
        Assert.Equal([0, 0], loaded.Run([Tensor.Of([3], [0f, 0, 0])])[0].Bytes.Span(0, 2).ToArray());
    }

    /// <summary>Threads that are real, or as real as the driver makes them: they must wait where they read what others store.</summary>
    [OpenclTheory]
    [InlineData("%y = add(%x, %x) : tensor<[n, n], f32>")]
    [InlineData("%y = mat_mul(%x, %x) : tensor<[n, n], f32>")]
    [InlineData("%y = softmax(%x) : tensor<[n, n], f32>")]
    [InlineData("%y = softmax(%x, axis=0) : tensor<[n, n], f32>")]
    [InlineData("%y = cum_sum(%x, @rows) : tensor<[n, n], f32>")]
    public void OpenCL_gives_what_the_interpreter_gives(string step)
    {
        var graph = IrText.Read($"weights {{\n  @rows : tensor<1, i64> = [0]\n}}\n\ngraph main(%x: tensor<[n, n], f32>) -> tensor<[n, n], f32> where n in 1.. {{\n  {step}\n  return %y\n}}\n").Graphs[0];
        using var device = GpuDevice.Open(GpuKind.Opencl);
        using var loaded = new GpuProgram(Mapped(graph, device.Generation), device);
        var random = new Random(3);
        foreach (var n in (int[])[1, 33, 150])
        {
            var x = Tensor.Of([n, n], [.. Enumerable.Range(0, n * n).Select(_ => (float)(random.NextDouble() * 4 - 2))]);
            var difference = Difference.Between(Interpreter.Run(graph, [x])[0], loaded.Run([x])[0]);
            Assert.True(difference.Share <= 1e-5, difference.Where);
        }
    }

    [Fact]
    public void A_long_sum_of_few_results_is_added_up_in_parts()
    {
        var graph = IrText.Read("graph main(%x: tensor<8x4096, f32>, %w: tensor<4096x8, f32>) -> tensor<8x8, f32> {\n  %y = mat_mul(%x, %w) : tensor<8x8, f32>\n  return %y\n}\n").Graphs[0];
        var random = new Random(2);
        Tensor Numbers(params long[] shape) => Tensor.Of([.. shape], [.. Enumerable.Range(0, (int)(shape[0] * shape[1])).Select(_ => (float)(random.NextDouble() - 0.5))]);
        Tensor[] inputs = [Numbers(8, 4096), Numbers(4096, 8)];
        var program = Mapped(graph, Hopper);
        using var loaded = new GpuProgram(program, Device.Value, new(3, 4, InTurns: true));

        var difference = Difference.Between(Interpreter.Run(graph, inputs)[0], loaded.Run(inputs)[0]);

        Assert.Contains("parts of the sum", Assert.Single(program.Steps.Calls).Info!.Template, StringComparison.Ordinal);
        Assert.True(difference.Share < 1e-5, difference.Where);
    }

    [Fact]
    public void A_sum_over_nothing_is_zero()
    {
        var graph = IrText.Read("graph main(%x: tensor<[n, k], f32>, %w: tensor<[k, n], f32>) -> tensor<[n, n], f32> where n in 1.., k in 0.. {\n  %y = mat_mul(%x, %w) : tensor<[n, n], f32>\n  return %y\n}\n").Graphs[0];
        using var loaded = new GpuProgram(Mapped(graph, Any), Device.Value, new(3, 4, InTurns: true));
        Assert.All(loaded.Run([Tensor.Of([6, 0], Array.Empty<float>()), Tensor.Of([0, 6], Array.Empty<float>())])[0].ToDoubles(), y => Assert.Equal(0, y));
    }

    [Theory]
    [InlineData(GpuKind.Cuda)]
    [InlineData(GpuKind.Ilgpu)]
    [InlineData(GpuKind.Opencl)]
    public void A_device_that_is_not_there_is_said_so_and_nothing_takes_its_place(GpuKind kind)
    {
        if (GpuDevice.Found(kind).Count > 0)
        {
            // It is there: then it opens.
            using var device = GpuDevice.Open(kind);
            Assert.NotEqual("", device.Name);
            return;
        }
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => GpuDevice.Open(kind)).Diagnostics);
        Assert.Equal("LT4301", fault.Code);
        Assert.NotEqual("", fault.Remedy);
    }

    [Fact]
    public void A_device_of_no_known_name_is_refused() => Assert.Equal("LT4311", Assert.Single(Assert.Throws<DiagnosticException>(() => GpuDeviceModel.Of("sm_10")).Diagnostics).Code);

    private static Program Mapped(Graph graph, string device) => new Runner(MapKernels.Instead(Pipeline.Default, device).Run).Run(new(graph), new Compilation(new Machine("test"))).MustBeProgram;
}
