using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class OriginTests
{
    private static readonly Origins Origins = new(["/conv1/Conv", "conv1.w", "conv1"]);

    [Theory]
    [InlineData("conv1.w", "conv1.w")]
    [InlineData("conv1.w.panels", "conv1.w")]
    [InlineData("conv1.wide", "conv1")]
    [InlineData("/conv1/Conv.product.2", "/conv1/Conv")]
    [InlineData("conv1.w:scale", "conv1.w")]
    [InlineData("conv12", null)]
    [InlineData("tmp", null)]
    public void A_name_leads_back_to_the_longest_of_the_model(string name, string? origin) => Assert.Equal(origin, Origins.Of(name));

    [Fact]
    public void A_pass_that_loses_where_a_value_comes_from_is_named()
    {
        var net = new Net();
        var graph = net.Return(net.Add("y", new Relu(), net.Add("h", new Exp(), net.Input("x", 4))));
        var e = Assert.Throws<InvalidOperationException>(() => Net.After(graph, new Renaming()));
        Assert.Contains("pass renaming", e.Message, StringComparison.Ordinal);
        Assert.Contains("%tmp0 is called after no value of the model", e.Message, StringComparison.Ordinal);
    }

    private sealed record Renaming : GraphPass
    {
        public override Stage Stage => Stage.Simplify;
        protected override Graph Run(Graph graph, Compilation compilation)
        {
            var renamed = new Value("tmp0", graph.Nodes[0].Result.Type);
            return graph.Map(v => v == graph.Nodes[0].Result ? renamed : v);
        }
    }
}
