using Lathe.Runtime.Images;

namespace Lathe.UnitTests.Onnx;

/// <summary>Images as libjpeg-turbo and Pillow read them; whole files are among ONNX's own cases.</summary>
public sealed class ImageTests
{
    [Fact]
    public void Doubled_columns_are_three_quarters_of_their_own_and_one_of_the_next() =>
        Assert.Equal([10, 13, 17, 23, 27, 30], Enlarged(3, 1, 2, 1, 10, 20, 30));

    [Fact]
    public void Doubled_rows_and_columns_are_rounded_in_turns() =>
        // The first row has itself above: 40, 80, 120 sixteenths of four. (160 + 8) / 16 at the corner, (3·40 + 80 + 7) / 16 and (3·80 + 40 + 8) / 16 beside it.
        Assert.Equal([10, 12, 18, 22, 28, 30], Enlarged(3, 2, 2, 2, 10, 20, 30, 40, 50, 60)[..6]);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(4, 1)]
    public void What_is_alike_stays_alike(int across, int down) =>
        Assert.All(Enlarged(4, 3, across, down, [.. Enumerable.Repeat((byte)200, 12)]), number => Assert.Equal(200, number));

    [Fact]
    public void Few_columns_and_other_multiples_are_repeated()
    {
        Assert.Equal([10, 10, 20, 20], Enlarged(2, 1, 2, 1, 10, 20));
        Assert.Equal([10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30], Enlarged(3, 1, 4, 1, 10, 20, 30));
    }

    [Fact]
    public void A_damaged_jpeg_is_refused() => Assert.Throws<InvalidDataException>(() => ImageFile.Read([0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2], gray: false));

    [Fact]
    public void Gray_is_rounded_luma() => Assert.Equal([76, 150, 29, 77], new Pixels(1, 4, [255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77]).InGray().Data);

    private static byte[] Enlarged(int width, int height, int across, int down, params byte[] numbers)
    {
        var plane = new ChromaPlane(width, height, across, down);
        for (var row = 0; row < height; row++) plane.Set(row, numbers[(row * width)..((row + 1) * width)]);
        return plane.Enlarged(width * across, height * down);
    }
}
