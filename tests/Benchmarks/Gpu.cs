using System.Globalization;
using System.Runtime.InteropServices;
using Lathe.Codegen.Gpu;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>What kernels reach on a GPU of NVIDIA's, beside what its maker says it does. Without one there is nothing to measure, and nothing else is measured in its place.</summary>
internal static class Gpu
{
    /// <summary>Dense TFLOP/s of f32, f16 and bf16, i8, and TB/s, as data sheets have them.</summary>
    private static readonly (string Name, double Single, double Half, double Byte, double Memory)[] Sheets =
        [("H200", 67, 989, 1979, 4.8), ("H100", 67, 989, 1979, 3.35), ("A100", 19.5, 312, 624, 2.04)];

    /// <summary>Of the processor, which no decision for a GPU follows.</summary>
    private static readonly Machine Processor = Lathe.Codegen.Llvm.MachineTable.Of(Lathe.Codegen.Llvm.CpuTarget.Host);

    /// <summary>Null where no device is found.</summary>
    public static IReadOnlyList<Table>? Run(BenchOptions options)
    {
        if (GpuDevice.Found(GpuKind.Cuda).Count == 0) return null;
        using var device = GpuDevice.Open(GpuKind.Cuda);
        var sheet = Array.Find(Sheets, s => device.Name.Contains(s.Name, StringComparison.Ordinal));
        double? Share(double reached, double most) => most > 0 ? 100 * reached / most : null;

        var products = new Table($"Matrix products on {device.Name}", ("kind", ""), ("n", ""), ("us", "0.0"), ("TFLOP/s", "0.0"), ("% of the data sheet", "0"), ("form", ""));
        foreach (var (kind, most) in new[] { ("f32", sheet.Single), ("f16", sheet.Half), ("bf16", sheet.Half), ("i8", sheet.Byte) })
            foreach (var n in (int[])[1024, 2048, 4096, 8192])
            {
                var step = kind == "i8" ? $"mat_mul_integer(%x, %w) : tensor<{n}x{n}, i32>" : $"mat_mul(%x, %w) : tensor<{n}x{n}, {kind}>";
                var (milliseconds, form) = Measure(device, $"graph main(%x: tensor<{n}x{n}, {kind}>, %w: tensor<{n}x{n}, {kind}>) -> {step[(step.IndexOf(" : ", StringComparison.Ordinal) + 3)..]} {{\n  %y = {step}\n  return %y\n}}\n", options.Rounds);
                var rate = 2.0 * n * n * n / milliseconds / 1e9;
                products.Add(kind, n.ToString(CultureInfo.InvariantCulture), milliseconds * 1e3, rate, Share(rate, most), form);
            }

        var memory = new Table($"Kernels that memory limits on {device.Name}", ("what", ""), ("us", "0.0"), ("TB/s", "0.00"), ("% of the data sheet", "0"), ("form", ""));
        const long side = 8192;
        foreach (var (what, step, result, bytes) in new (string, string, string, double)[]
        {
            ("a sum of two arrays of 256 MiB", "add(%x, %w)", $"tensor<{side}x{side}, f32>", 3.0 * 4 * side * side),
            ("softmax of rows of 8192", "softmax(%x)", $"tensor<{side}x{side}, f32>", 2.0 * 4 * side * side),
            ("sums of rows of 8192", "reduce_sum(%x, @columns)", $"tensor<{side}x1, f32>", 4.0 * side * side),
            ("sums of columns", "reduce_sum(%x, @rows)", $"tensor<1x{side}, f32>", 4.0 * side * side),
        })
        {
            var (milliseconds, form) = Measure(device, $"weights {{\n  @rows : tensor<1, i64> = [0]\n  @columns : tensor<1, i64> = [1]\n}}\n\ngraph main(%x: tensor<{side}x{side}, f32>, %w: tensor<{side}x{side}, f32>) -> {result} {{\n  %y = {step} : {result}\n  return %y\n}}\n", options.Rounds);
            memory.Add(what, milliseconds * 1e3, bytes / milliseconds / 1e9, Share(bytes / milliseconds / 1e9, sheet.Memory), form);
        }
        return [products, memory];
    }

    /// <summary>Median of what the kernels alone take, the forms that they have.</summary>
    private static (double Milliseconds, string Form) Measure(GpuDevice device, string graph, int rounds)
    {
        var module = IrText.Read(graph);
        var program = new Runner(MapKernels.Instead(Pipeline.Default, device.Generation).Run).Run(new(module.Graphs[0]), new Lathe.Passes.Compilation(Processor)).MustBeProgram;
        using var loaded = new GpuProgram(program, device);
        var random = new Random(1);
        Tensor[] inputs = [.. program.Inputs.Select(value => Numbers(value, random))];
        var times = new List<double>();
        // The first runs make what is made when first asked for.
        for (var i = 0; i < rounds + 2; i++)
        {
            _ = loaded.Run(inputs);
            if (i >= 2 && loaded.KernelMilliseconds is { } milliseconds) times.Add(milliseconds);
        }
        times.Sort();
        return (times[times.Count / 2], string.Join("; ", program.Steps.Calls.Select(call => call.Info?.Template ?? "").Distinct()));
    }

    /// <summary>Numbers that are not zero: products of zeros draw less power, and so run faster.</summary>
    private static Tensor Numbers(Value value, Random random)
    {
        var shape = value.Type.Shape.Select(extent => extent.Whole).ToArray();
        var data = new byte[value.Type.Scalar.Bytes(shape.Aggregate(1L, (x, y) => x * y))];
        var bytes = data.AsSpan();
        if (value.Type.Scalar == Scalar.F32) foreach (ref var number in MemoryMarshal.Cast<byte, float>(bytes)) number = random.NextSingle() - 0.5f;
        else if (value.Type.Scalar == Scalar.F16) foreach (ref var number in MemoryMarshal.Cast<byte, Half>(bytes)) number = (Half)(random.NextSingle() - 0.5f);
        else if (value.Type.Scalar == Scalar.BF16) foreach (ref var number in MemoryMarshal.Cast<byte, ushort>(bytes)) number = (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f) >> 16);
        else random.NextBytes(bytes);
        return new(value.Type.Scalar, [.. shape], Bytes.Of(data));
    }
}
