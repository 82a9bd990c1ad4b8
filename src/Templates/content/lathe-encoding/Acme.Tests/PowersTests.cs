using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Acme.Tests;

public sealed class PowersTests
{
    [Fact]
    public void Powers_of_two_read_back_as_they_are()
    {
        float[] numbers = [1, -0.5f, 0.25f, -0.125f, 1, 1, -1, 0.5f];
        var type = new TensorType([2, 4], new Powers());
        var weight = new Value("w", type, type.Encoding.Encode(numbers, type.Shape));
        var builder = new GraphBuilder("test");
        var read = Interpreter.Run(builder.Return(builder.Add("y", new Neg(), weight)), [])[0].ToDoubles();
        Assert.Equal(numbers.Select(n => (double)-n), read);
    }
}
