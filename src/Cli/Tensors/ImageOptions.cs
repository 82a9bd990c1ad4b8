namespace Lathe.Cli;

public enum ImageLayout { Nchw, Nhwc }

/// <summary>Colours of an image, in the order the model reads them.</summary>
public enum ImageChannels { Gray, Rgb, Bgr }

/// <summary>How an image becomes a tensor: <c>(pixel · scale − mean) / std</c> with pixels of 0..255.</summary>
/// <param name="Layout">By default nhwc where the input's last axis has 1 or 3 entries and its second has not, else nchw.</param>
/// <param name="Mean">One number, or one for each channel.</param>
/// <param name="Std">One number, or one for each channel.</param>
/// <param name="Scale">1/255 maps pixels to 0..1.</param>
/// <param name="Resize">Width and height to resize to, bilinear with pixel centres at half; null: the image must fit.</param>
/// <param name="Channels">By default gray for one channel, else rgb.</param>
public sealed record ImageOptions(ImageLayout? Layout = null, Seq<double> Mean = default, Seq<double> Std = default, double Scale = 1, (int Width, int Height)? Resize = null, ImageChannels? Channels = null)
{
    public static ImageOptions Default { get; } = new();

    /// <summary>Reads <c>layout=nchw,mean=0.485:0.456:0.406,std=0.229:0.224:0.225,scale=1/255,resize=224x224,channels=rgb</c>.</summary>
    /// <exception cref="UsageException">A part is not one of these.</exception>
    public static ImageOptions Parse(string text) => text.Split(',').Aggregate(Default, (options, part) => part.Split('=', 2) switch
    {
        ["layout", var value] => options with { Layout = Choice<ImageLayout>(part, value) },
        ["channels", var value] => options with { Channels = Choice<ImageChannels>(part, value) },
        ["mean", var value] => options with { Mean = [.. value.Split(':').Select(v => Real(part, v))] },
        ["std", var value] => options with { Std = [.. value.Split(':').Select(v => Real(part, v))] },
        ["scale", var value] => options with { Scale = Real(part, value) },
        ["resize", var value] when value.Split('x') is [var width, var height] => options with { Resize = (Whole(part, width), Whole(part, height)) },
        _ => throw Wrong(part),
    });

    private static T Choice<T>(string part, string value) where T : struct, Enum =>
        OptionText.Choices(typeof(T)).Contains(value) ? Enum.Parse<T>(value, ignoreCase: true) : throw new UsageException($"'{part}': it is one of {string.Join(", ", OptionText.Choices(typeof(T)))}");

    private static double Real(string part, string value)
    {
        var fraction = value.Split('/').Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : throw Wrong(part)).ToArray();
        return fraction is [var a, var b] && b != 0 ? a / b : fraction is [var only] ? only : throw Wrong(part);
    }

    private static int Whole(string part, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : throw Wrong(part);

    private static UsageException Wrong(string part) => new($"'{part}' says nothing about an image", "layout=nchw|nhwc, mean=A[:B:C], std=A[:B:C], scale=A, resize=WIDTHxHEIGHT, channels=gray|rgb|bgr, split by commas");
}
