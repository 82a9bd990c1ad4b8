namespace Lathe.Cli;

/// <summary>An item of a data set as an input takes it.</summary>
internal static class ItemTensor
{
    /// <summary>Gives an item the input's kind, pixels the numbers that the options say, and the axes that the input has beside its first.</summary>
    public static Tensor Fit(Tensor item, Value wanted, ImageOptions? image)
    {
        if (item.Kind == Scalar.U8 && item.Shape.Count is 2 or 3 && wanted.Type.Rank >= 3) item = Picture(item, wanted, image ?? ImageOptions.Default);
        else if (image is not null) item = Tensor.Of(Scalar.F32, item.Shape, [.. item.ToDoubles().Select(x => (x * image.Scale - (image.Mean is [var mean] ? mean : 0)) / (image.Std is [var std] ? std : 1))]);
        if (item.Kind != wanted.Type.Scalar) item = Tensor.Of(wanted.Type.Scalar, item.Shape, item.ToDoubles());
        if (item.Shape.Count == wanted.Type.Rank - 1 || item.Shape.Count == wanted.Type.Rank) return item;
        // Pixels in a row, and the other way round: the same numbers under the input's axes.
        Seq<Expr> axes = [.. wanted.Type.Shape.Skip(1)];
        return axes.All(e => e is Number) && axes.Aggregate(1L, (size, e) => size * e.Whole) == item.Count ? new(item.Kind, [.. axes.Select(e => e.Whole)], item.Bytes) : item;
    }

    /// <summary>A picture of bytes, [H, W], [C, H, W] or [H, W, C], in the input's layout and channels.</summary>
    private static Tensor Picture(Tensor item, Value wanted, ImageOptions image)
    {
        if (image.Resize is not null) throw new UsageException("resize is for image files: the pictures of an array are taken as they are");
        var shape = wanted.Type.Shape;
        bool Few(Expr extent) => extent is Number { Integer: 1 or 3 };
        var last = image.Layout is { } layout ? layout == ImageLayout.Nhwc : Few(shape[^1]) && !Few(shape[^3]);
        var flat = item.Shape.Count == 2;
        var first = flat || item.Shape[0] is 1 or 3;
        var (held, high, wide) = flat ? (1L, item.Shape[0], item.Shape[1]) : first ? (item.Shape[0], item.Shape[1], item.Shape[2]) : (item.Shape[2], item.Shape[0], item.Shape[1]);
        var channels = image.Channels switch { ImageChannels.Gray => 1, ImageChannels.Rgb or ImageChannels.Bgr => 3, _ => shape[last ? ^1 : ^3] is Number n ? n.Integer : held };
        if (held != channels && held != 1) throw InputFault.Image(wanted.Name, $"pictures have {held} channels, the input takes {channels}", "");
        var pixels = item.Bytes.Slice(0, item.Count).ToArray<byte>();
        var numbers = new double[channels * high * wide];
        for (var c = 0L; c < channels; c++)
        {
            var source = held == 1 ? 0 : image.Channels == ImageChannels.Bgr ? held - 1 - c : c;
            var (mean, std) = (One(image.Mean, c, 0), One(image.Std, c, 1));
            for (var y = 0L; y < high; y++)
                for (var x = 0L; x < wide; x++)
                    numbers[last ? (y * wide + x) * channels + c : (c * high + y) * wide + x] = (pixels[(int)(first ? (source * high + y) * wide + x : (y * wide + x) * held + source)] * image.Scale - mean) / std;
        }
        return Tensor.Of(wanted.Type.Scalar, last ? [high, wide, channels] : [channels, high, wide], numbers);

        double One(Seq<double> values, long channel, double none) => values.Count == 0 ? none : values.Count == 1 ? values[0] : values.Count == channels ? values[(int)channel]
            : throw new UsageException($"--image gives {values.Count} numbers for {channels} channels");
    }
}
