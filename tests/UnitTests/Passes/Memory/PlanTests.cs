using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;
using Interval = Lathe.Passes.Interval;

namespace Lathe.UnitTests.Passes;

public sealed class PlanTests
{
    /// <summary>What dimensions of a run may be; others than those that the plan looks at.</summary>
    private static readonly long[] Extents = [1, 2, 3, 7, 64, 100, 777, 3000];

    [Fact]
    public void Open_sizes_do_not_overlap_whatever_the_dimensions_are()
    {
        var (random, n, m) = (new Random(7), Symbol.Of("n", 1, 5000), Symbol.Of("m", 1, 5000));
        Expr[] kinds = [n * 256, m * 64, n * m * 64, 4096, (n + 15) / 16 * 64, n * 128 + 4096, (m / 2 + 1) / 2 * n * 64, Expr.Max(n * 64 - 640, 0), Expr.Min(n, 512) * m * 64];
        for (var round = 0; round < 30; round++)
        {
            var spans = StorageAllocationTests.Intervals(random, 4 + random.Next(40), 30);
            Seq<Expr> sizes = [.. spans.Select(_ => Linear.Simplify(kinds[random.Next(kinds.Length)] * (1 + random.Next(4))))];
            var (offsets, top) = OpenAllocation.Place(sizes, [.. spans.Select(s => (s.First, s.Last))]);
            foreach (var at in Extents.SelectMany(x => Extents.Select(y => new Dictionary<string, long> { ["n"] = x, ["m"] = y })))
            {
                Interval[] all = [.. spans.Zip(sizes, (s, size) => s with { Bytes = Dimensions.Evaluate(size, at) })];
                long[] places = [.. offsets.Select(o => Dimensions.Evaluate(o, at))];
                Assert.All(places, p => Assert.True(p >= 0 && p % 64 == 0));
                Assert.Empty(StorageAllocationTests.Overlaps(all, places));
                Assert.True(StorageAllocation.Top(all, places) <= Dimensions.Evaluate(top, at));
            }
        }
    }

    [Fact]
    public void Branches_that_widen_run_one_after_the_other()
    {
        // Both branches widen first and narrow then: as the graph has them, both wide values live at once.
        var net = new Net();
        var x = net.Input("x", 4, 8);
        Value[] wide = [.. Enumerable.Range(0, 4).Select(i => net.Add($"w{i}", new MatMul(), x, net.Weight($"a{i}", 8, 512)))];
        Value[] narrow = [.. wide.Select((w, i) => net.Add($"n{i}", new MatMul(), net.Add($"s{i}", new Softmax(), w), net.Weight($"b{i}", 512, 8)))];
        var graph = net.Return(net.Add("y", new Concat(Axis: 1), [.. narrow]));
        var passes = PassList.All();
        Program After(params string[] left) => new Runner([.. passes.Where(p => !left.Contains(p.Name))]).Run(new(graph), new(Net.Machine)).MustBeProgram;
        var (given, ordered) = (After("reorder"), After());
        Assert.True(ordered.LowerBound.Whole < given.LowerBound.Whole / 2, $"{ordered.LowerBound} bytes, {given.LowerBound} in the order of the graph");
        Assert.Equal(ordered.LowerBound.Whole, ordered.ArenaBytes.Whole);
        Net.Same(graph, ordered);
    }
}
