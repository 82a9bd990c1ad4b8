namespace Lathe.Runtime.Images;

/// <summary>One channel of a JPEG, which may have fewer columns and rows than the image.</summary>
/// <param name="width">Its columns.</param>
/// <param name="height">Its rows.</param>
/// <param name="across">Columns of the image for each of its own.</param>
/// <param name="down">Rows of the image for each of its own.</param>
internal sealed class ChromaPlane(int width, int height, int across, int down)
{
    private readonly byte[] numbers = new byte[width * height];

    /// <summary>Takes a row; those beyond the channel's rows, and columns beyond its columns, fill blocks up and are dropped.</summary>
    public void Set(int row, byte[] found)
    {
        if (row < height) found.AsSpan(0, width).CopyTo(numbers.AsSpan(row * width));
    }

    /// <summary>
    /// The channel in the image's size. Doubled, a number is 3/4 of the nearest and 1/4 of the next nearest, along columns and along rows, halves
    /// rounded up and down in turns, as libjpeg 6 and libjpeg-turbo do it ("fancy upsampling"); of two columns or fewer, and other multiples, each is repeated.
    /// </summary>
    public byte[] Enlarged(int columns, int rows)
    {
        var all = new byte[columns * rows];
        var smooth = across <= 2 && down <= 2 && (across == 1 || width > 2);
        for (var y = 0; y < rows; y++)
            for (var x = 0; x < columns; x++)
                all[y * columns + x] = smooth ? (byte)Smooth(x, y) : numbers[y / down * width + x / across];
        return all;
    }

    private int Smooth(int x, int y)
    {
        if (down == 1) return across == 1 ? numbers[y * width + x] : Between(Column, x, weight: 1, even: 1, odd: 2);
        var (own, other) = (y / 2, Math.Clamp(y / 2 + (y % 2 == 0 ? -1 : 1), 0, height - 1));
        int Rows(int column) => 3 * numbers[own * width + column] + numbers[other * width + column];
        return across == 1 ? (Rows(x) + (y % 2 == 0 ? 1 : 2)) >> 2 : Between(Rows, x, weight: 4, even: 8, odd: 7);

        int Column(int column) => numbers[y * width + column];
    }

    /// <summary>A doubled column: 3/4 of its own, 1/4 of the neighbour it is nearer to; at the edges its own alone.</summary>
    /// <param name="weight">How often a number's unit is in what <paramref name="of"/> gives.</param>
    /// <param name="even">What is added before an even column's rest is cut off.</param>
    /// <param name="odd">The same of an odd column.</param>
    private int Between(Func<int, int> of, int x, int weight, int even, int odd)
    {
        var (own, other) = (x / 2, x / 2 + (x % 2 == 0 ? -1 : 1));
        // At an edge the neighbour is the number itself, so that nothing but the rounding is left.
        var sum = 3 * of(own) + of(other < 0 || other >= width ? own : other);
        return (sum + (x % 2 == 0 ? even : odd)) / (4 * weight);
    }
}
