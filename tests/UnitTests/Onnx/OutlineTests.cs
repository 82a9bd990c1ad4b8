using Lathe.Onnx;

namespace Lathe.UnitTests.Onnx;

public sealed class OutlineTests
{
    [Fact]
    public void A_node_leads_to_what_it_makes()
    {
        using var file = new OnnxFile().Input("x", 2).Node("Relu", "x", "made").Output("made");
        file.Model.Graph.Node[0].Name = "/layer/Relu";
        var path = file.Save();
        Assert.Equal("made", ModelOutline.MadeBy(path, "/layer/Relu"));
        Assert.Null(ModelOutline.MadeBy(path, "made"));
    }
}
