using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Methods that know what weights are multiplied by, on data that they have not seen.</summary>
public sealed class RoundingTests
{
    public static TheoryData<QuantizeMethod, string> All
    {
        get
        {
            var all = new TheoryData<QuantizeMethod, string>();
            foreach (var method in Enum.GetValues<QuantizeMethod>().Except([QuantizeMethod.Rtn, QuantizeMethod.Awq]))
                foreach (var format in (string[])["i3 group=16", "u4 group=16", "i4 axis=1"]) all.Add(method, format);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_output_is_nearer_than_that_of_rounding(QuantizeMethod method, string format)
    {
        var problem = new ProductLayer(new MatMul(), [64, 32], [32, 12], 6);
        // The same channels, other numbers.
        var unseen = problem.Unseen(format);
        double Error(QuantizeMethod by)
        {
            var layer = problem.Layer(format);
            return unseen.OutputError(Rounding.Of(by).Choose(layer, new(layer.Format, by)).Numbers(layer))!.Value;
        }
        Assert.True(Error(method) < Error(QuantizeMethod.Rtn), $"{Error(method)} {Error(QuantizeMethod.Rtn)}");
    }

    [Theory]
    [InlineData(QuantizeMethod.Gptq)]
    [InlineData(QuantizeMethod.Decouple)]
    [InlineData(QuantizeMethod.Adaround)]
    public void A_grid_that_rows_share_will_do(QuantizeMethod method)
    {
        var layer = new ProductLayer(new MatMul(), [64, 32], [32, 12], 6).Layer("i4 axis=0");
        double Error(QuantizeMethod by) => layer.OutputError(Rounding.Of(by).Choose(layer, new(layer.Format, by)).Numbers(layer))!.Value;
        Assert.True(Error(method) < Error(QuantizeMethod.Rtn));
    }
}
