using Lathe.Ir;

namespace Acme.Tests;

public sealed class SquaredReluTests
{
    [Fact]
    public void It_squares_what_is_positive()
    {
        var x = new Value("x", new TensorType([4], Scalar.F32));
        var builder = new GraphBuilder("test", x);
        var graph = builder.Return(builder.Add("y", new SquaredRelu(0.5f), x));
        Assert.Equal([0, 0, 2, 8], Interpreter.Run(graph, [Tensor.Of([4], -1f, 0f, 2f, 4f)])[0].ToDoubles());
    }
}
