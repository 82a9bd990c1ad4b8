using Lathe.Onnx;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.UnitTests.Onnx;

/// <summary>Models that <c>lathe run</c> interprets on the host; ONNX's own cases are in OnnxTests.</summary>
public sealed class HostModelTests
{
    /// <summary>A loop whose turns nobody counts ends when its caller wants it to: the interpreter's on numbers, the host's on a sequence.</summary>
    [Theory]
    [InlineData("SequenceEmpty", true)]
    [InlineData("Identity", false)]
    public void A_loop_without_end_is_cancelled(string start, bool ofTheHost)
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add([OnnxFile.Typed("i", 7), OnnxFile.Typed("c", 9), new ValueInfoProto { Name = "v" }]);
        body.Node.Add([OnnxFile.NodeOf("Identity", "c", "d"), OnnxFile.NodeOf("Identity", "v", "w")]);
        body.Output.Add([new ValueInfoProto { Name = "d" }, new ValueInfoProto { Name = "w" }]);
        using var file = new OnnxFile().Input("x", 1).Node(start, ofTheHost ? "" : "x", "s")
            .Node("Loop", "_ go s", "y", ("body", new AttributeProto { Name = "body", Type = 5, G = body })).Output("y");
        file.Model.Graph.Initializer.Add(new TensorProto { Name = "go", DataType = 9, Int32Data = { 1 } });

        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => HostModel.Load(file.Save()).Run([new HostTensor("f32", [1], new byte[4])], source.Token));
    }
}
