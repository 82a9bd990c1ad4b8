namespace ILGPU;

/// <summary>Updates of one element that no other thread can tear; each returns the value before.</summary>
public static class Atomic
{
    public static int Add(ref int target, int value) => Interlocked.Add(ref target, value) - value;
    public static int Max(ref int target, int value) => Update(ref target, old => Math.Max(old, value));
    public static int Min(ref int target, int value) => Update(ref target, old => Math.Min(old, value));
    public static int Exchange(ref int target, int value) => Interlocked.Exchange(ref target, value);

    public static int CompareExchange(ref int target, int compare, int value) =>
        Interlocked.CompareExchange(ref target, value, compare);

    public static float Add(ref float target, float value) => Update(ref target, old => old + value);
    public static float Max(ref float target, float value) => Update(ref target, old => MathF.Max(old, value));
    public static float Min(ref float target, float value) => Update(ref target, old => MathF.Min(old, value));

    private static int Update(ref int target, Func<int, int> next)
    {
        while (true)
        {
            var old = Volatile.Read(ref target);
            if (Interlocked.CompareExchange(ref target, next(old), old) == old)
                return old;
        }
    }

    /// <summary>Compares bits, so that a NaN in memory ends the loop too.</summary>
    private static float Update(ref float target, Func<float, float> next)
    {
        while (true)
        {
            var old = Volatile.Read(ref target);
            var seen = Interlocked.CompareExchange(ref target, next(old), old);
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(old))
                return old;
        }
    }
}
