using Lathe.Ir;

namespace Lathe.Testing;

/// <summary>The same numbers on every machine and version: splitmix64 (Steele, Lea and Flood 2014).</summary>
internal sealed class RandomNumbers(ulong state)
{
    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>From 0 up to but without 1.</summary>
    public double NextReal() => (Next() >> 11) * Math.ScaleB(1, -53);

    /// <summary>A number for an operand: any real between its bounds, or any whole number from one to the other.</summary>
    public double Next(Operand operand) => operand.Type.Scalar.IsReal
        ? operand.Low + NextReal() * (operand.High - operand.Low)
        : Math.Floor(operand.Low + NextReal() * (operand.High - operand.Low + 1));

    public double[] Many(Operand operand) => [.. Enumerable.Range(0, (int)operand.Type.Count).Select(_ => Next(operand))];
}
