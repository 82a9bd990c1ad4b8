using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Four bits inside eight: steps are whole numbers, sums of products stay whole from group to group, and less is lost than with one scale for each output.</summary>
public sealed class DualGrainedTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [40, 128], [128, 24], 8);

    [Fact]
    public void A_number_fits_a_byte_before_the_scale_of_its_output()
    {
        var encoding = (DualGrained)IrText.ReadEncoding("dual_grained group=16 axis=1 channel=0");
        Seq<Expr> shape = [6, 48];
        float[] numbers = [.. Enumerable.Range(0, 6 * 48).Select(i => MathF.Sin(i * 1.3f) * (1 + i / 16 % 5) * (1 + i / 48))];
        var planes = encoding.Encode(numbers, shape);
        var (codes, steps, scales) = (planes[0].ToArray<byte>(), planes[1].ToArray<sbyte>(), planes[2].ToArray<float>());
        var read = Decoded.Of(new("w", new(shape, encoding), planes));
        for (var i = 0; i < numbers.Length; i++)
        {
            var whole = ((codes[i / 2] >> i % 2 * 4 & 15) - 8) * steps[i / 16];
            Assert.InRange(whole, -120, 120);
            Assert.Equal(whole * scales[i / 48], read[i]);
        }
        Assert.All(scales, s => Assert.True(s > 0));
    }

    [Theory]
    [InlineData("rtn")]
    [InlineData("gptq")]
    [InlineData("decouple")]
    [InlineData("adaround")]
    public void Less_is_lost_than_with_one_scale_for_each_output(string method)
    {
        double Loss(string format) => Run($"weights=\"{format}\", method={method}").Loss.OutputError!.Value;
        var (one, dual, groups) = (Loss("i4"), Loss("dual_grained group=16"), Loss("i4 group=16"));
        Assert.True(dual < 0.9 * one, $"{dual} dual, {one} with one scale");
        Assert.True(dual < 1.25 * groups, $"{dual} dual, {groups} with scales of f32 for all groups");
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    public void A_product_with_whole_numbers_sums_whole_numbers(int vectorBytes)
    {
        var graph = Run("weights=\"dual_grained group=32\", activations=dynamic").Graph;
        var program = new Compilation(new Machine("wide", vectorBytes, 32), objective: Objective.Size).Run(graph);
        var product = Assert.Single(program.Steps.Calls, c => c.Info!.Template.StartsWith("dots", StringComparison.Ordinal));
        Assert.Contains("groups of 32", product.Info!.Template, StringComparison.Ordinal);
        // Reals stand outside the loops over groups: the one scratch of sums is whole.
        var kernel = program.Kernels.First(k => k.Name == product.Kernel);
        Assert.DoesNotContain(kernel.Body.All.OfType<Scratch>(), s => s.Buffer.Space == Space.Registers && s.Buffer.Scalar.IsReal);
        var (expected, found) = (Interpreter.Run(graph, [Product.Runs[0]])[0].ToDoubles(), Interpreter.Run(program, [Product.Runs[0]])[0].ToDoubles());
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-5 * expected.Max(Math.Abs)));
    }

    [Theory]
    [InlineData("dual_grained group=0 axis=0 channel=1")]
    [InlineData("dual_grained axis=1 channel=1")]
    [InlineData("dual_grained axis=1 channel=2")]
    [InlineData("dual_grained axis=1")]
    public void What_cannot_be_is_said(string format) => Assert.Throws<TypeException>(() => IrText.ReadEncoding(format).Planes([64, 64]));

    private static (Graph Graph, LayerLoss Loss) Run(string options)
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = Product.Calibration };
        var graph = PipelineReader.ReadLine($"quantize({options})", "test").Passes[0].Run(new Module(Product.Graph), compilation).MustBeGraph;
        return (graph, Assert.Single(compilation.Losses));
    }
}
