using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Windows read where they lie: the numbers of the formula, whatever lies outside the image and wherever tiles, panels and parts end.</summary>
public sealed class WindowTests
{
    public static TheoryData<string, long[], long[], Conv> Cases => new()
    {
        { "first layer", [1, 3, 33, 32], [32, 3, 3, 3], new(Strides: [2, 2], Pads: [1, 1, 1, 1]) },
        { "ragged columns and rows", [2, 3, 21, 23], [40, 3, 7, 7], new(Strides: [2, 2], Pads: [3, 3, 3, 3]) },
        { "no padding", [1, 2, 12, 19], [24, 2, 5, 5], new() },
        { "padding on one side", [1, 4, 9, 15], [17, 4, 3, 4], new(Pads: [2, 0, 0, 3]) },
        { "steps apart", [1, 2, 14, 20], [16, 2, 3, 3], new(Dilations: [2, 3], Pads: [2, 3, 2, 3]) },
        { "more padding than image", [1, 2, 3, 12], [16, 2, 9, 3], new(Pads: [8, 1, 8, 1]) },
        { "a line", [2, 3, 41], [24, 3, 7], new(Strides: [2], Pads: [3, 3]) },
        { "one line, which threads share", [1, 1, 2048], [100, 1, 64], new(Strides: [16]) },
        { "parts beyond the last row", [1, 3, 47, 96], [32, 3, 3, 3], new() },
        { "a volume", [1, 2, 5, 6, 11], [20, 2, 3, 3, 3], new(Pads: [1, 1, 1, 1, 1, 1]) },
        { "many parts", [1, 3, 96, 96], [32, 3, 3, 3], new(Pads: [1, 1, 1, 1]) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_numbers_of_the_formula(string what, long[] image, long[] filters, Conv conv)
    {
        var one = ConvolutionCase.Of(conv, image, filters, planes: true);
        // Half of the second cache at most holds what a part sees: a small one makes many parts.
        foreach (var machine in new[] { new Machine("test", Level2: 64 << 10), new Machine("wide", 64, 32), new Machine("small", 16, 16, Level2: 96 << 10, HasFma: false) })
        {
            var template = WindowContraction.Find(Contraction.Find(one.Kernel, ConvolutionCase.Weights)!, machine, constantB: true);
            Assert.True(template is not null, $"{what}, {machine.Name}: no windows");
            Agree($"{what}, {machine.Name}, interpreted", one.Run(Interpreter.Run, template.Compute(), template.PackB()));
            if (machine.VectorBytes <= 32) Agree($"{what}, {machine.Name}, native", one.Run(NativeRunner.Run, template.Compute(), template.PackB()));
        }

        void Agree(string way, float[] found)
        {
            // Sums in another order: each step rounds by half of the last place of what it has at most.
            var steps = filters.Skip(1).Aggregate(1L, (product, n) => product * n) + 1;
            var most = steps * Math.Pow(2, -23) * one.Expected.Max(Math.Abs);
            for (var i = 0; i < found.Length; i++)
                Assert.True(Math.Abs(one.Expected[i] - found[i]) <= most, $"{way}: [{i}] is {found[i]:R} for {one.Expected[i]:R}, {most:R} may be between");
        }
    }

    [Fact]
    public void Windows_that_hardly_overlap_are_gathered()
    {
        var patches = ConvolutionCase.Of(new(Strides: [4, 4]), [1, 3, 32, 32], [24, 3, 4, 4], planes: true);
        var beside = ConvolutionCase.Of(new(Pads: [1, 1, 1, 1]), [1, 3, 32, 32], [24, 3, 3, 3], planes: false);
        Assert.All([patches, beside], one => Assert.Null(WindowContraction.Find(Contraction.Find(one.Kernel, ConvolutionCase.Weights)!, new("test"), constantB: true)));
    }
}
