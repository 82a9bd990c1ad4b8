using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Sums over moving windows by fewer products: the numbers of the formula within four times the predicted error (few sums come near their largest, and the prediction is of the largest of many).</summary>
public sealed class WinogradTests
{
    public static TheoryData<string, long[], long[], Conv> Cases => new()
    {
        { "ragged image", [1, 8, 7, 9], [20, 8, 3, 3], new(Pads: [1, 1, 1, 1]) },
        { "no padding", [2, 16, 12, 6], [16, 16, 3, 3], new() },
        { "padding of two on one side", [1, 4, 5, 10], [33, 4, 3, 3], new(Pads: [2, 0, 0, 2]) },
        { "many patches", [3, 4, 41, 43], [8, 4, 3, 3], new(Pads: [1, 1, 1, 1]) },
        { "one axis moves", [1, 8, 9, 11], [16, 8, 3, 3], new(Strides: [2, 1], Pads: [1, 1, 1, 1]) },
        { "two taps", [1, 8, 9, 11], [16, 8, 2, 2], new(Pads: [0, 0, 1, 1]) },
        { "five taps", [1, 8, 13, 11], [16, 8, 5, 5], new(Pads: [2, 2, 2, 2]) },
        { "a line", [2, 16, 37], [24, 16, 3], new(Pads: [1, 1]) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_numbers_of_the_formula(string what, long[] image, long[] filters, Conv conv)
    {
        Assert.NotEmpty(what);
        var one = ConvolutionCase.Of(conv, image, filters, planes: false);
        foreach (var machine in new[] { new Machine("test"), new Machine("wide", 64, 32) })
        {
            var contraction = Contraction.Find(one.Kernel, ConvolutionCase.Weights)!;
            var sizes = Winograd.Sizes.Where(size => WinogradContraction.Of(contraction, machine, true, size) is not null).ToList();
            Assert.NotEmpty(sizes);
            foreach (var template in sizes.Select(size => WinogradContraction.Of(contraction, machine, true, size)!))
            {
                Agree($"{machine.Name}, {template.Describe()}, interpreted", template, one.Run(Interpreter.Run, template.Compute(), template.PackB()));
                if (machine.VectorBytes == 32) Agree($"{machine.Name}, {template.Describe()}, native", template, one.Run(NativeRunner.Run, template.Compute(), template.PackB()));
            }
        }

        void Agree(string way, WinogradContraction template, float[] found)
        {
            var most = 4 * template.Error * one.Expected.Max(Math.Abs);
            for (var i = 0; i < found.Length; i++)
                Assert.True(Math.Abs(one.Expected[i] - found[i]) <= most, $"{way}: [{i}] is {found[i]:R} for {one.Expected[i]:R}, {most:R} may be between");
        }
    }
}
