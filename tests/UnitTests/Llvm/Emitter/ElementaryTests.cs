using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;
using Lathe.Ir;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

/// <summary>The functions of analysis against f64 libm, in units of the last place of the f32 result, over a sample of all f32 there are.</summary>
public sealed class ElementaryTests
{
    private const int Count = 1 << 17;

    private static readonly float[] Special = [0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, float.Epsilon, -float.Epsilon, 1.1754943e-38f, 1e-40f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        88.72283f, 88.72284f, 89.4159f, 89.416f, -87.33655f, -103.97f, -103.98f, -104f, 1e10f, 3.1415927f, 1.5707964f, 4096f, 0.92f, 0.41421357f, 9.02f, 3.92f, 16777216f, 16367173f * 4.7223665e21f];

    public static TheoryData<Function, double> Claims => new()
    {
        { Function.Exp, 2 }, { Function.Log, 1 }, { Function.Tanh, 3 }, { Function.Erf, 2 }, { Function.Sin, 2 }, { Function.Cos, 2 }, { Function.Tan, 3 },
        { Function.Asin, 3 }, { Function.Acos, 2 }, { Function.Atan, 3 }, { Function.Sinh, 2 }, { Function.Cosh, 2 }, { Function.Asinh, 3 }, { Function.Acosh, 3 }, { Function.Atanh, 3 },
    };

    [Theory, MemberData(nameof(Claims))]
    public void Errors_are_as_stated(Function function, double units)
    {
        foreach (var target in new[] { CpuTarget.Host, CpuTarget.Parse("x86-64-v2", CpuTarget.Host.Triple) })
        {
            var x = Sample();
            var made = Run(function, target, x);
            for (var i = 0; i < x.Length; i++) Near(Exact(function, x[i]), made[i], function == Function.Exp && target == CpuTarget.Host ? 1 : units, $"{function.Text()}({x[i]:R}) for {target.Cpu}");
        }
    }

    [Fact]
    public void Powers_are_as_stated()
    {
        var (x, y) = (Sample(), Sample(5));
        // Most pairs of random numbers overflow: bring exponents where results are.
        for (var i = 0; i < Count; i++) if (i % 4 != 0) y[i] = (float)(float.IsFinite(x[i]) && x[i] != 0 ? y[i] % 150 / Math.Log2(Math.Abs(x[i]) * 1.0000001) : y[i] % 8);
        for (var i = 0; i < Special.Length; i++) for (var j = 0; j < Special.Length; j++) (x[i * Special.Length + j], y[i * Special.Length + j]) = (Special[i], Special[j]);
        for (var i = 2000; i < 4000; i++) (x[i], y[i]) = (-i / 100f, i % 21 - 10);
        var made = Run(Function.Pow, CpuTarget.Host, x, y);
        for (var i = 0; i < Count; i++) Near(Math.Pow(x[i], y[i]), made[i], 1, $"pow({x[i]:R}, {y[i]:R})");
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(3.0, 2.0)]
    [InlineData(-1.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    [InlineData(-2.5)]
    public void Known_powers_are_as_stated(double exponent, double units = 1)
    {
        var x = Sample();
        Buffer a = new("x", Scalar.F32, [Count]), y = new("y", Scalar.F32, [Count]);
        var memory = new Dictionary<string, Bytes> { ["x"] = Bytes.Of<float>(x), ["y"] = Bytes.Zeros(Count * 4) };
        NativeRunner.Run(Kernel.Over("known", [y], For("i", Count, i => y.Set([i], Call.Of(Function.Pow, a[i], exponent)))), memory, new Dictionary<string, long>());
        var made = memory["y"].ToArray<float>();
        for (var i = 0; i < Count; i++) Near(Math.Pow(x[i], exponent), made[i], units, $"pow({x[i]:R}, {exponent:R})");
    }

    /// <summary>All exponents and signs alike, then special numbers and numbers of everyday size.</summary>
    private static float[] Sample(int seed = 3)
    {
        var (random, all) = (new Random(seed), new float[Count]);
        for (var i = 0; i < Count; i++)
            all[i] = (i % 4) switch { 0 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)), 1 => (float)(random.NextDouble() * 200 - 100), 2 => (float)(random.NextDouble() * 2 - 1), _ => (float)(random.NextDouble() * 20 - 10) };
        Special.CopyTo(all, 0);
        for (var i = 0; i < 200; i++) all[Special.Length + i] = (float)((i - 100) * Math.PI / 2);
        return all;
    }

    private static float[] Run(Function function, CpuTarget target, params float[][] arguments)
    {
        Buffer[] inputs = [.. arguments.Select((_, i) => new Buffer($"x{i}", Scalar.F32, [Count]))];
        var y = new Buffer("y", Scalar.F32, [Count]);
        var kernel = new Kernel("elementary", [.. inputs], [y], For("i", Count / 16, i => Vector("j", 16, j => y.Set([i * 16 + j], Call.Of(function, [.. inputs.Select(x => x[i * 16 + j])])))));
        var memory = inputs.Zip(arguments).ToDictionary(pair => pair.First.Name, pair => Bytes.Of<float>(pair.Second));
        memory["y"] = Bytes.Zeros(Count * 4);
        NativeRunner.Load(kernel, target).Run(memory, new Dictionary<string, long>());
        return memory["y"].ToArray<float>();
    }

    private static void Near(double exact, float made, double units, string what)
    {
        var single = (float)exact;
        if (double.IsNaN(exact) ? float.IsNaN(made) : single == made) return;
        var unit = float.IsInfinity(single) ? 0 : Math.ScaleB(1, Math.Max(-126, Math.ILogB(exact)) - 23);
        if (!(Math.Abs(made - exact) <= units * unit)) Assert.Fail($"{what} is {made:R}, exactly {exact:R}: {Math.Abs(made - exact) / unit:F2} units");
    }

    private static double Exact(Function function, double x) => function switch
    {
        Function.Exp => Math.Exp(x),
        Function.Log => Math.Log(x),
        Function.Tanh => Math.Tanh(x),
        Function.Erf => erf(x),
        Function.Sin => Math.Sin(x),
        Function.Cos => Math.Cos(x),
        Function.Tan => Math.Tan(x),
        Function.Asin => Math.Asin(x),
        Function.Acos => Math.Acos(x),
        Function.Atan => Math.Atan(x),
        Function.Sinh => Math.Sinh(x),
        Function.Cosh => Math.Cosh(x),
        Function.Asinh => Math.Asinh(x),
        Function.Acosh => Math.Acosh(x),
        Function.Atanh => Math.Atanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    [DllImport("libm.so.6"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern double erf(double x);
}
