namespace Lathe.Onnx;

/// <summary>Where an image has its channels: [N, C, spatial…] for ONNX's operators, [N, spatial…, C] for some of com.microsoft's.</summary>
internal static class ImageLayout
{
    /// <summary>An image with its channels behind the batch.</summary>
    public static string ChannelsFirst(Chain chain, string image, int rank) => chain.Add("Transpose", [image], ("perm", (Seq<long>)[0, rank - 1, .. Spatial(1, rank - 2)]));

    /// <summary>An image with its channels at the end.</summary>
    public static string ChannelsLast(Chain chain, string image, int rank) => chain.Add("Transpose", [image], ("perm", (Seq<long>)[0, .. Spatial(2, rank - 2), 1]));

    private static IEnumerable<long> Spatial(int from, int count) => Enumerable.Range(from, count).Select(i => (long)i);
}
