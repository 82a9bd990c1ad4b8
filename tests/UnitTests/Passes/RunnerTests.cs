using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class RunnerTests
{
    [Fact]
    public void The_order_is_pinned() => Assert.Equal(
        "adopt_quantized, simplify, contract, fuse, spread_moves, channels_last, lower, precompute, row_chains, in_place, pad_rows, schedule_kernels, reorder, plan",
        string.Join(", ", PassList.All().Select(p => p.Name)));

    [Fact]
    public void Every_pass_says_what_it_does() => Assert.All(PassList.All(), p => Assert.NotEqual("", p.Description));

    [Fact]
    public void Passes_that_wait_for_each_other_are_named()
    {
        var e = Assert.Throws<InvalidOperationException>(() => PassList.ResolvedOrder([new Chicken(), new Egg()]));
        Assert.Contains("chicken, egg", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_that_breaks_a_graph_is_named()
    {
        var net = new Net();
        var graph = net.Return(net.Add("y", new Relu(), net.Add("h", new Relu(), net.Input("x", 4))));
        var e = Assert.Throws<InvalidOperationException>(() => Net.After(graph, new Beheading()));
        Assert.Contains("pass beheading", e.Message, StringComparison.Ordinal);
        Assert.Contains("%h is read before it is made", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Observers_see_each_pass_and_what_it_made()
    {
        var net = new Net();
        var seen = new Record();
        new Compilation(Net.Machine).Run(net.Return(net.Add("y", new Relu(), net.Input("x", 4))), seen);
        Assert.Equal(PassList.All().Select(p => p.Name), seen.Names);
    }

    private sealed class Record : IPassObserver
    {
        public List<string> Names { get; } = [];
        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            Names.Add(pass.Name);
            Assert.Equal(Names.Count, number);
            Assert.Equal(pass.Stage >= Stage.Lower, module.Program is not null);
        }
    }

    private sealed record Chicken : GraphPass
    {
        public override Stage Stage => Stage.Simplify;
        public override Seq<string> After => ["egg"];
        protected override Graph Run(Graph graph, Compilation compilation) => graph;
    }

    private sealed record Egg : GraphPass
    {
        public override Stage Stage => Stage.Simplify;
        public override Seq<string> After => ["chicken"];
        protected override Graph Run(Graph graph, Compilation compilation) => graph;
    }

    private sealed record Beheading : GraphPass
    {
        public override Stage Stage => Stage.Simplify;
        protected override Graph Run(Graph graph, Compilation compilation) => graph with { Nodes = [.. graph.Nodes.Skip(1)] };
    }
}
