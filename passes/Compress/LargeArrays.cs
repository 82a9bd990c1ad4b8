namespace Lathe.Passes;

/// <summary>Whole layers in f64 and their Gram matrices are garbage once the layer is done, and the collector lets gigabytes of that gather before it looks at large arrays.</summary>
internal static class LargeArrays
{
    /// <summary>Bytes that may gather.</summary>
    private const long Most = 256 << 20;

    private static long before;

    /// <summary>Between two layers: has them collected once there are many.</summary>
    public static void Settle()
    {
        var made = GC.GetTotalAllocatedBytes();
        if (made - Interlocked.Read(ref before) < Most) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        Interlocked.Exchange(ref before, made);
    }
}
