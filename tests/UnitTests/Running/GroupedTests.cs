using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Running;

/// <summary>What formats store and read back: every width, every way to share a scale.</summary>
public sealed class GroupedTests
{
    public static TheoryData<string> Formats => [.. from sign in "iu" from bits in Enumerable.Range(2, 7) from share in new[] { "axis=0", "axis=1", "group=5", "axis=0 group=3", "axis=0 group=64" } select $"{sign}{bits} {share}",
        .. from word in Words from share in new[] { "axis=1", "group=5", "axis=0 group=64" } select $"{word} {share}"];

    /// <summary>Formats whose numbers are not evenly apart.</summary>
    private static readonly string[] Words = ["float format=e4m3", "float format=e5m2", "float format=e2m1", "float format=e3m2", "float format=e2m3", "mx format=e4m3", "mx format=e2m1",
        "nf4", "codebook bits=2", "codebook bits=3", "codebook bits=5", "codebook bits=8", "power bits=4", "power bits=3 exponent=0.5", "shift bits=4", "shift bits=6", "ternary"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_number_reads_back_within_half_a_step_of_its_grid(string format)
    {
        var (encoding, shape) = ((Grouped)IrText.ReadEncoding(format), (Seq<Expr>)[7, 12]);
        Assert.Equal(format, encoding.ToString());
        var numbers = Enumerable.Range(0, 84).Select(i => MathF.Sin(i * 1.7f) * (1 + i % 5)).ToArray();
        var read = Decoded.Of(new("w", new(shape, encoding), encoding.Encode(numbers, shape)));
        var (partition, fit) = (encoding.Partition(shape), encoding.Fitter(numbers, [], shape));
        for (var g = 0; g < partition.Count(shape); g++)
        {
            var members = partition.Members(shape, g);
            Assert.All(members, m => Assert.Equal(g, partition.Of(shape, m)));
            float[] mine = [.. members.Select(m => numbers[m])];
            var grid = fit(g, mine, []);
            // The formula reads what the grid says, and no other code of the grid is nearer.
            foreach (var m in members)
            {
                Assert.Equal(grid[grid.Nearest(numbers[m])], read[m]);
                for (var code = encoding.Code.Range.Low; code <= encoding.Code.Range.High; code++) Assert.False(Math.Abs(grid[code] - numbers[m]) < Math.Abs(read[m] - numbers[m]) * 0.999999f);
            }
        }
    }

    [Theory]
    [InlineData("i4 group=4")]
    [InlineData("u3 group=4")]
    [InlineData("i8 axis=0 scales=f16")]
    [InlineData("float format=e4m3 axis=0")]
    [InlineData("mx format=e3m2 group=4")]
    [InlineData("nf4 group=4")]
    [InlineData("codebook bits=4 group=4")]
    [InlineData("power bits=4 group=4")]
    [InlineData("shift bits=4 group=4")]
    [InlineData("ternary group=4")]
    public void Zeros_and_constants_read_back(string format)
    {
        var (encoding, shape) = (IrText.ReadEncoding(format), (Seq<Expr>)[2, 4]);
        float[] numbers = [0, 0, 0, 0, 2.5f, 2.5f, 2.5f, 2.5f];
        var read = Decoded.Of(new("w", new(shape, encoding), encoding.Encode(numbers, shape)));
        for (var i = 0; i < numbers.Length; i++) Assert.Equal(numbers[i], read[i], 2.5e-3f);
    }

    [Theory]
    [InlineData("float format=e4m2 axis=0", "no float fields e4m2")]
    [InlineData("i9 axis=0", "no encoding i9")]
    [InlineData("i4 groups=4", "did you mean group?")]
    [InlineData("i8 scale=0.1 axis=2", "no attribute scale")]
    [InlineData("i4 group=-3", "a group has at least one number")]
    [InlineData("i8 axis=-2", "axes are counted from 0")]
    [InlineData("i4 group=64 scales=i8", "not as i8")]
    [InlineData("nf4 group=64 scales=f64", "not as f64")]
    [InlineData("u8 scale=0.0", "above 0")]
    [InlineData("u8 scale=nan", "above 0")]
    [InlineData("u8 scale=0.1 zero=256", "0 to 255")]
    public void A_format_that_is_none_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => IrText.ReadEncoding(text)).Message, StringComparison.Ordinal);
}
