using Lathe.Ir;

namespace Lathe.OnnxTests.Flow;

/// <summary>What is put in order keeps the order of equals, and NaN has one place: TopK and Unique at many numbers, against sorting as .NET does it.</summary>
public sealed class OrderTests
{
    [Theory]
    [InlineData(5, 1, 1)]
    [InlineData(200, 3, 0)]
    [InlineData(200, 64, 1)] // most that are kept in order
    [InlineData(300, 65, 1)] // compared with one another
    [InlineData(513, 65, 0)] // sorted
    [InlineData(1025, 1025, 1)]
    public void The_largest_and_the_smallest_come_in_order(int count, int k, int largest)
    {
        var numbers = Numbers(count);
        var model = new FlowModel($$"""
            <ir_version: 8, opset_import: ["": 17]>
            g (float[{{count}}] x) => (float[{{k}}] y, int64[{{k}}] at) <int64[1] k = { {{k}} }> {
              y, at = TopK <largest = {{largest}}> (x, k)
            }
            """);
        var made = model.Run(Tensor.Of([count], numbers));
        // NaN is the largest; sorting is stable.
        var order = Enumerable.Range(0, count);
        var expected = (largest == 1 ? order.OrderByDescending(i => float.IsNaN(numbers[i])).ThenByDescending(i => numbers[i]) : order.OrderBy(i => float.IsNaN(numbers[i])).ThenBy(i => numbers[i])).Take(k).ToList();
        Assert.Equal(expected.Select(i => (double)i), made[1].ToDoubles());
        Assert.Equal(expected.Select(i => (double)numbers[i]), made[0].ToDoubles());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(300, 1)]
    [InlineData(300, 0)]
    public void Unlike_numbers_come_once_and_each_NaN_by_itself(int count, int sorted)
    {
        var numbers = Numbers(count);
        numbers[0] = float.NaN;
        var model = new FlowModel($$"""
            <ir_version: 8, opset_import: ["": 17]>
            g (float[{{count}}] x) => (float[a] y, int64[b] first, int64[{{count}}] of, int64[d] counts) {
              y, first, of, counts = Unique <sorted = {{sorted}}> (x)
            }
            """);
        var made = model.Run(Tensor.Of([count], numbers));
        var groups = Enumerable.Range(0, count).GroupBy(i => float.IsNaN(numbers[i]) ? (numbers[i], i) : (numbers[i], -1)).Select(g => g.ToList()).ToList();
        if (sorted == 1) groups = [.. groups.OrderBy(g => float.IsNaN(numbers[g[0]])).ThenBy(g => numbers[g[0]])];
        Assert.Equal(groups.Select(g => (double)numbers[g[0]]), made[0].ToDoubles());
        Assert.Equal(groups.Select(g => (double)g[0]), made[1].ToDoubles());
        Assert.Equal(Enumerable.Range(0, count).Select(i => (double)groups.FindIndex(g => g.Contains(i))), made[2].ToDoubles());
        Assert.Equal(groups.Select(g => (double)g.Count), made[3].ToDoubles());
    }

    /// <summary>Numbers with many equals and some NaN.</summary>
    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => i % 67 == 5 ? float.NaN : (i * 7919 % 101 - 50) / 4f)];
}
