using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>A convolution with a bias as it is lowered, with numbers, and what its formula gives.</summary>
/// <param name="Kernel">Inputs <c>x</c>, <c>w</c> and <c>b</c>, the last two weights; the result's channels lie side by side.</param>
/// <param name="Given">Numbers of the inputs.</param>
/// <param name="Expected">What the interpreter makes of them.</param>
internal sealed record ConvolutionCase(Kernel Kernel, IReadOnlyDictionary<string, Bytes> Given, float[] Expected)
{
    public static IReadOnlySet<string> Weights { get; } = new HashSet<string>(StringComparer.Ordinal) { "w", "b" };

    /// <param name="planes">Whether the image is given a plane for each channel, as models take them; else channels lie side by side.</param>
    public static ConvolutionCase Of(Conv conv, long[] image, long[] filters, bool planes)
    {
        var random = new RandomNumbers(7);
        var (x, w) = (Operand.F32([.. image]), Operand.F32([.. filters]));
        Seq<int> order = [0, .. Enumerable.Range(2, image.Length - 2), 1];
        Value input = new("x", planes ? x.Type : x.Type with { Order = order }), weight = new("w", w.Type), bias = new("b", Operand.F32(filters[0]).Type);
        var builder = new GraphBuilder("case", [input, weight, bias]);
        builder.Add(["y"], conv, [input, weight, bias]);
        var lowered = Lowering.Lower(builder.Nodes[0].Map(v => v.Name == "y" ? v.With(v.Type with { Order = order }) : v));
        var given = new Dictionary<string, Bytes>(StringComparer.Ordinal) { ["x"] = Random(x), ["w"] = Random(w), ["b"] = Random(Operand.F32(filters[0])) };
        return new(lowered, given, Run(Interpreter.Run, lowered, given));

        Bytes Random(Operand operand) => Bytes.Of<float>([.. random.Many(operand).Select(n => (float)n)]);
    }

    /// <summary>What a form of the kernel gives.</summary>
    /// <param name="run">The interpreter or machine code.</param>
    /// <param name="form">The kernel.</param>
    /// <param name="once">What lays its weights out.</param>
    public float[] Run(Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run, Kernel form, params IEnumerable<Kernel> once)
    {
        var memory = new Dictionary<string, Bytes>(Given, StringComparer.Ordinal);
        foreach (var pack in once) memory[pack.Outputs[0].Name] = Bytes.Of<float>(Run(Interpreter.Run, pack, Given));
        return Run(run, form, memory);
    }

    private static float[] Run(Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run, Kernel kernel, IReadOnlyDictionary<string, Bytes> given)
    {
        var garbage = new byte[kernel.Outputs[0].Size.Whole * 4];
        Array.Fill(garbage, (byte)0xCC);
        var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal) { [kernel.Outputs[0].Name] = Bytes.Of(garbage) };
        run(kernel, memory, new Dictionary<string, long>(StringComparer.Ordinal));
        return memory[kernel.Outputs[0].Name].ToArray<float>();
    }
}
