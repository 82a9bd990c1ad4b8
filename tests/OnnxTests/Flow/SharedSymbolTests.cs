using Lathe.Ir;

namespace Lathe.OnnxTests.Flow;

/// <summary>Numbers of a run that are not needed at the same time go by one name, and what is done with them is one kernel; those that are needed together do not.</summary>
public sealed class SharedSymbolTests
{
    private static readonly Tensor X = Tensor.Of([6], 0.5f, -1f, 2f, 0f, 3f, -0.25f);

    private static string Part(int n, int bound) => $$"""
        over{{n}} = Greater(x, bound{{bound}})
        at{{n}} = NonZero(over{{n}})
        flat{{n}} = Reshape(at{{n}}, all)
        rows{{n}} = Gather(x, flat{{n}})
        h{{n}} = Softmax(rows{{n}})
        s{{n}} = ReduceSum <keepdims = 1> (h{{n}})
        m{{n}} = ReduceMax <keepdims = 1> (rows{{n}})
        """;

    private static FlowModel Model(string end) => new($$"""
        <ir_version: 8, opset_import: ["": 17]>
        g (float[6] x) => (float[a] y) <int64[1] all = {-1}, float bound0 = {-2}, float bound1 = {0.25}, float bound2 = {1}> {
          {{Part(0, 0)}}
          {{Part(1, 1)}}
          {{Part(2, 2)}}
          {{end}}
        }
        """);

    [Fact]
    public void One_after_another_they_share_a_name_and_kernels()
    {
        var model = Model("y = Concat <axis = 0> (s0, m0, s1, m1, s2, m2)");
        Assert.Equal([1.0, 3, 1, 3, 1, 3], model.Run(X)[0].ToDoubles().Select(n => Math.Round(n, 5)));
        Assert.Single(model.Program.Steps.OfType<Let>().Select(l => l.Symbol.Name).Distinct());
        Assert.Equal(3, model.Program.Steps.OfType<Let>().Count());
        Assert.Equal(IrText.Print(model.Program), IrText.Print(IrText.Read(IrText.Print(model.Program)).Program!));
    }

    [Fact]
    public void What_is_needed_together_keeps_its_names()
    {
        var model = Model("y = Concat <axis = 0> (rows1, rows0, rows2)");
        Assert.Equal([0.5, 2, 3, 0.5, -1, 2, 0, 3, -0.25, 2, 3], model.Run(X)[0].ToDoubles());
        Assert.Equal(3, model.Program.Steps.OfType<Let>().Select(l => l.Symbol.Name).Distinct().Count());
    }
}
