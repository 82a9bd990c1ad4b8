using Lathe.Onnx;
using Lathe.Runtime.Images;

namespace Lathe.Cli;

/// <summary>Images of eight bits a channel, made a tensor as <see cref="ImageOptions"/> say.</summary>
internal sealed class ImageFormat : SingleTensorFormat
{
    public override IReadOnlyList<string> Extensions => [".png", ".jpg", ".jpeg", ".bmp"];

    protected override Tensor Read(string path, Value wanted, ImageOptions options)
    {
        var axes = Axes.Of(wanted, options);
        var channels = options.Channels ?? (axes.Extent(axes.Channel) == 1 ? ImageChannels.Gray : ImageChannels.Rgb);
        var image = Decode(path, wanted.Name, channels);
        var count = channels == ImageChannels.Gray ? 1 : 3;
        var (width, height) = options.Resize ?? (image.Columns, image.Rows);
        Require(axes.Channel, count, "channels", "channels=gray|rgb");
        Require(axes.Height, height, "rows", $"resize={axes.Extent(axes.Width) ?? width}x{axes.Extent(axes.Height) ?? height}");
        Require(axes.Width, width, "columns", $"resize={axes.Extent(axes.Width) ?? width}x{axes.Extent(axes.Height) ?? height}");

        var numbers = new double[count * width * height];
        for (var channel = 0; channel < count; channel++)
        {
            var source = channels == ImageChannels.Bgr ? count - 1 - channel : channel;
            var (mean, std) = (One(options.Mean, channel, count, 0), One(options.Std, channel, count, 1));
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    numbers[axes.ChannelsLast ? (y * width + x) * count + channel : (channel * height + y) * width + x] = (Sample(image, count, source, x, y, width, height) * options.Scale - mean) / std;
        }
        long[] shape = new long[wanted.Type.Rank];
        Array.Fill(shape, 1);
        (shape[axes.Channel], shape[axes.Height], shape[axes.Width]) = (count, height, width);
        return Tensor.Of(wanted.Type.Scalar, [.. shape], numbers);

        void Require(int axis, int found, string what, string remedy)
        {
            if (axes.Extent(axis) is { } expected && expected != found) throw InputFault.Image(wanted.Name, $"the input is {wanted.Type} with {expected} {what}, {Path.GetFileName(path)} has {found}", $"--image {remedy}");
        }
    }

    private static Pixels Decode(string path, string name, ImageChannels channels)
    {
        try { return ImageFile.Read(File.ReadAllBytes(path), channels == ImageChannels.Gray); }
        catch (InvalidDataException e) { throw InputFault.Image(name, $"{Path.GetFileName(path)} cannot be read as an image: {e.Message}", ""); }
    }

    private double One(Seq<double> values, int channel, int count, double none) =>
        values.Count == 0 ? none : values.Count == 1 ? values[0] : values.Count == count ? values[channel]
        : throw new UsageException($"--image gives {values.Count} numbers for {count} channels");

    /// <summary>A pixel of the resized image: bilinear between the four around it, the edge repeated outside.</summary>
    private static double Sample(Pixels image, int count, int channel, int x, int y, int width, int height)
    {
        double Pixel(int column, int row) => image.Data[(row * image.Columns + column) * count + channel];
        if (width == image.Columns && height == image.Rows) return Pixel(x, y);
        var (left, right, across) = Between(x, width, image.Columns);
        var (top, bottom, down) = Between(y, height, image.Rows);
        return (Pixel(left, top) * (1 - across) + Pixel(right, top) * across) * (1 - down) + (Pixel(left, bottom) * (1 - across) + Pixel(right, bottom) * across) * down;
    }

    private static (int Low, int High, double Share) Between(int at, int to, int from)
    {
        var place = Math.Clamp((at + 0.5) * from / to - 0.5, 0, from - 1);
        var low = (int)place;
        return (low, Math.Min(low + 1, from - 1), place - low);
    }

    /// <summary>Which axes of the input are channels, rows and columns.</summary>
    private sealed record Axes(TensorType Type, int Channel, int Height, int Width)
    {
        public bool ChannelsLast => Channel > Width;

        public long? Extent(int axis) => Type.Shape[axis] is Number n ? n.Integer : null;

        public static Axes Of(Value wanted, ImageOptions options)
        {
            var (type, rank) = (wanted.Type, wanted.Type.Rank);
            if (rank is < 3 or > 4) throw InputFault.Image(wanted.Name, $"an image has 3 axes, or 4 with a batch of 1, the input is {type}", "");
            bool IsChannel(int axis) => type.Shape[axis] is Number { Integer: 1 or 3 };
            var layout = options.Layout ?? (IsChannel(rank - 1) && !IsChannel(rank - 3) ? ImageLayout.Nhwc : ImageLayout.Nchw);
            return layout == ImageLayout.Nhwc ? new(type, rank - 1, rank - 3, rank - 2) : new(type, rank - 3, rank - 2, rank - 1);
        }
    }
}
