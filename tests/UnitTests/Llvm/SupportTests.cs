using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

/// <summary>The functions that systems lack and libraries bring, run here and compared with .NET's.</summary>
public sealed unsafe class SupportTests
{
    private static readonly float[] numbers =
    [
        0, -0f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 0.49999997f, 8388607.5f, 8388609, -4194304.5f, 16777216, 1e30f, -1e30f, 1e-30f, 1e-45f, float.MaxValue, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity,
        float.NaN, 1.0000001f, 0.99999994f, 3.1415927f, 16777217, 1.1754944e-38f,
    ];

    [Fact]
    public void Rounding_is_to_even()
    {
        var module = Code(new MacOs(), "rounding");
        var single = (delegate* unmanaged<float, float>)module.Lookup("roundevenf");
        var real = (delegate* unmanaged<double, double>)module.Lookup("roundeven");
        foreach (var x in numbers)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(MathF.Round(x)), BitConverter.SingleToInt32Bits(single(x)));
            foreach (var y in new[] { x, x + 1e9, x * 4503599627370497.0 }) Assert.Equal(BitConverter.DoubleToInt64Bits(Math.Round(y)), BitConverter.DoubleToInt64Bits(real(y)));
        }
    }

    [Fact]
    public void A_product_and_a_sum_round_once()
    {
        var multiplyAdd = (delegate* unmanaged<float, float, float, float>)Code(new WebAssembly(), "support").Lookup("fmaf");
        var random = new RandomNumbers(7);
        for (var i = 0; i < 20000; i++) Compare(Any(), Any(), Any());
        foreach (var a in numbers) foreach (var b in numbers) foreach (var c in numbers) Compare(a, b, c);
        // Halfway between two numbers of f32 but for a part that f64 cannot hold beside it.
        Compare(1 + 1f / 4096, 1 + 1f / 4096, 1e-30f);
        Compare(1 + 1f / 4096, 1 + 1f / 4096, -1e-30f);

        float Any() => BitConverter.UInt32BitsToSingle((uint)random.Next());

        void Compare(float a, float b, float c)
        {
            var (expected, actual) = (MathF.FusedMultiplyAdd(a, b, c), multiplyAdd(a, b, c));
            Assert.True(expected.Equals(actual) && (float.IsNaN(expected) || float.IsNegative(expected) == float.IsNegative(actual)), $"{a:R} * {b:R} + {c:R} is {expected:R}, {actual:R} is found");
        }
    }

    private static Jit Code(TargetSystem system, string name)
    {
        var text = system.Support(CpuTarget.Host.Architecture, isShared: true).First(module => module.Name == name).Text.Replace("define hidden", "define", StringComparison.Ordinal);
        var jit = new Jit();
        jit.Add(new Assembler(CpuTarget.Host).ToObject(text, name));
        return jit;
    }
}
