namespace ILGPU.Algorithms;

/// <summary>Functions of f32, f64 and i32 for kernels.</summary>
public static class XMath
{
    public const float PI = MathF.PI;
    public const float E = MathF.E;

    public static float Exp(float x) => MathF.Exp(x);
    public static float Exp2(float x) => MathF.Pow(2, x);
    public static float Log(float x) => MathF.Log(x);
    public static float Log2(float x) => MathF.Log2(x);
    public static float Pow(float x, float y) => MathF.Pow(x, y);
    public static float Sqrt(float x) => MathF.Sqrt(x);
    public static float Rsqrt(float x) => 1 / MathF.Sqrt(x);
    public static float Rcp(float x) => 1 / x;

    public static float Sin(float x) => MathF.Sin(x);
    public static float Cos(float x) => MathF.Cos(x);
    public static float Tan(float x) => MathF.Tan(x);
    public static float Asin(float x) => MathF.Asin(x);
    public static float Acos(float x) => MathF.Acos(x);
    public static float Atan(float x) => MathF.Atan(x);
    public static float Atan2(float y, float x) => MathF.Atan2(y, x);
    public static float Sinh(float x) => MathF.Sinh(x);
    public static float Cosh(float x) => MathF.Cosh(x);
    public static float Tanh(float x) => MathF.Tanh(x);

    public static float Abs(float x) => MathF.Abs(x);
    public static float Floor(float x) => MathF.Floor(x);
    public static float Ceiling(float x) => MathF.Ceiling(x);
    public static float Truncate(float x) => MathF.Truncate(x);
    public static float RoundToEven(float x) => MathF.Round(x, MidpointRounding.ToEven);
    public static float Max(float first, float second) => MathF.Max(first, second);
    public static float Min(float first, float second) => MathF.Min(first, second);
    public static float Clamp(float x, float min, float max) => MathF.Max(MathF.Min(x, max), min);

    public static double Sqrt(double x) => Math.Sqrt(x);
    public static double Abs(double x) => Math.Abs(x);
    public static double Floor(double x) => Math.Floor(x);
    public static double Ceiling(double x) => Math.Ceiling(x);
    public static double Truncate(double x) => Math.Truncate(x);
    public static double RoundToEven(double x) => Math.Round(x, MidpointRounding.ToEven);

    public static int Abs(int x) => Math.Abs(x);
    public static int Max(int first, int second) => Math.Max(first, second);
    public static int Min(int first, int second) => Math.Min(first, second);
    public static int Clamp(int x, int min, int max) => Math.Max(Math.Min(x, max), min);
    public static int DivRoundUp(int numerator, int denominator) => (numerator + denominator - 1) / denominator;
}
