using Lathe.Ir;
using Lathe.Passes;

namespace Acme.Tests;

public sealed class DropIdleReluTests
{
    [Fact]
    public void A_relu_of_an_absolute_value_is_dropped()
    {
        var graph = IrText.Read("""
            graph main(%x: tensor<4, f32>) -> tensor<4, f32> {
              %a = abs(%x) : tensor<4, f32>
              %r = relu(%a) : tensor<4, f32>
              %y = neg(%r) : tensor<4, f32>
              return %y
            }
            """).Graphs[0];
        var after = new Runner([new DropIdleRelu()]).Run(new Module(graph), new Compilation(new Machine("test"))).MustBeGraph;
        Assert.DoesNotContain("relu", IrText.Print(after), StringComparison.Ordinal);
        var x = Tensor.Of([4], 1f, -2f, 0f, 3f);
        Assert.Equal(Interpreter.Run(graph, [x])[0].ToDoubles(), Interpreter.Run(after, [x])[0].ToDoubles());
    }
}
