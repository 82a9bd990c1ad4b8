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
        var random = new RandomNumbers(7);
        var (x, w) = (Operand.F32([.. image]), Operand.F32([.. filters]));
        Seq<int> order = [0, .. Enumerable.Range(2, image.Length - 2), 1];
        Value input = new("x", x.Type with { Order = order }), weight = new("w", w.Type), bias = new("b", Operand.F32(filters[0]).Type);
        var builder = new GraphBuilder("case", [input, weight, bias]);
        builder.Add(["y"], conv, [input, weight, bias]);
        var lowered = Lowering.Lower(builder.Nodes[0].Map(v => v.Name == "y" ? v.With(v.Type with { Order = order }) : v));
        var given = new Dictionary<string, Bytes>(StringComparer.Ordinal) { ["x"] = Random(x), ["w"] = Random(w), ["b"] = Random(Operand.F32(filters[0])) };
        var expected = Run(Interpreter.Run, lowered, given);
        HashSet<string> weights = ["w", "b"];
        foreach (var machine in new[] { new Machine("test"), new Machine("wide", 64, 32) })
        {
            var contraction = Contraction.Find(lowered, weights)!;
            var sizes = Winograd.Sizes.Where(size => WinogradContraction.Of(contraction, machine, true, size) is not null).ToList();
            Assert.NotEmpty(sizes);
            foreach (var template in sizes.Select(size => WinogradContraction.Of(contraction, machine, true, size)!))
            {
                var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal) { [template.PackB().Outputs[0].Name] = Run(Interpreter.Run, template.PackB(), given) };
                Agree($"{machine.Name}, {template.Describe()}, interpreted", template, Run(Interpreter.Run, template.Compute(), memory));
                if (machine.VectorBytes == 32) Agree($"{machine.Name}, {template.Describe()}, native", template, Run(NativeRunner.Run, template.Compute(), memory));
            }
        }

        Bytes Random(Operand operand) => Bytes.Of<float>([.. random.Many(operand).Select(n => (float)n)]);

        void Agree(string way, WinogradContraction template, Bytes actual)
        {
            var (right, found) = (expected.ToArray<float>(), actual.ToArray<float>());
            var most = 4 * template.Error * right.Max(Math.Abs);
            for (var i = 0; i < right.Length; i++)
                Assert.True(Math.Abs(right[i] - found[i]) <= most, $"{way}: [{i}] is {found[i]:R} for {right[i]:R}, {most:R} may be between");
        }
    }

    private static Bytes Run(Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run, Kernel kernel, IReadOnlyDictionary<string, Bytes> given)
    {
        var garbage = new byte[kernel.Outputs[0].Size.Whole * 4];
        Array.Fill(garbage, (byte)0xCC);
        var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal) { [kernel.Outputs[0].Name] = Bytes.Of(garbage) };
        run(kernel, memory, new Dictionary<string, long>(StringComparer.Ordinal));
        return memory[kernel.Outputs[0].Name];
    }
}
