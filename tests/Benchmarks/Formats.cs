using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.OracleTests;

namespace Lathe.Benchmarks;

/// <summary>One row times a matrix of 16 million weights in each format, in turns: what decoding costs beside int4. The last one is defined outside the product.</summary>
public static class Formats
{
    private const long Size = 4096;

    private static readonly Encoding[] All =
    [
        .. new[]
        {
            "i4 group=64 scales=f16", "f32", "narrow kind=f16", "i8 axis=1", "i3 axis=0 group=64 scales=f16", "i2 axis=0 group=64 scales=f16", "float format=e4m3 axis=1", "float format=e3m2 axis=0 group=64 scales=f16", "float format=e2m1 axis=0 group=64 scales=f16",
            "mx format=e2m1 axis=0", "nf4 axis=0 group=64 scales=f16", "codebook bits=4 axis=0 group=64 scales=f16", "codebook bits=3 axis=0 group=64 scales=f16", "vq dim=4 bits=8 axis=1 input=0", "power bits=4 axis=0 group=64 scales=f16",
            "shift bits=4 axis=0 group=64 scales=f16", "ternary axis=0 group=64 scales=f16",
        }.Select(IrText.ReadEncoding),
        new Log5(Axis: 0, Group: 64),
    ];

    public static Table Run(BenchOptions options)
    {
        var formats = All.Select(format => format is Uniform { Axis: < 0, Group: > 0 } uniform ? uniform with { Axis = 0 } : format).ToList();
        var uses = formats.Select(Prepare).ToList();
        var least = uses.ConvertAll(_ => double.MaxValue);
        for (var round = 0; round < options.Rounds; round++)
            for (var i = 0; i < uses.Count; i++) least[i] = Math.Min(least[i], uses[i].Least(options.Seconds));
        var table = new Table($"A row times {Size}x{Size} weights, one thread", ("format", ""), ("template", ""), ("bits", "0.00"), ("ms", "0.###"), ("of int4's rate", "0.00"));
        for (var i = 0; i < uses.Count; i++) table.Add(formats[i].ToString(), uses[i].Template, formats[i].Size([Size, Size]) * 8.0 / (Size * Size), least[i], least[0] / least[i]);
        return table;
    }

    private static ScheduledStep Prepare(Encoding format)
    {
        var made = new TensorType([Size, Size], format);
        return ScheduledStep.Of(new MatMul(), new("x", new([1, Size], Scalar.F32), [Bytes.Of<float>(ScheduledStep.Random(Size))]), new Value("w", made, format.Encode(ScheduledStep.Random(Size * Size), made.Shape)));
    }
}
