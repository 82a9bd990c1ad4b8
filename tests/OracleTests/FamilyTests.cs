using FsCheck.Xunit;
using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>
/// Operators by families, on shapes, strides, axes, kinds of numbers and special values that FsCheck draws: scheduled or not, interpreted or as
/// machine code, every way must lead to the oracle's numbers.
/// </summary>
public sealed class FamilyTests
{
    private const int Each = 12;

    /// <summary>The same draws in every run; another pair of numbers draws others.</summary>
    private const string Seed = "20261126,77777";

    [Property(MaxTest = Each, Replay = Seed)]
    public void Functions_of_a_number(ulong seed, bool odd) => Check(new RandomUse(seed).Unary(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Functions_of_two_numbers(ulong seed, bool odd) => Check(new RandomUse(seed).Pairwise(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Reductions(ulong seed, bool odd) => Check(new RandomUse(seed).Reduction(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Moves(ulong seed, bool odd) => Check(new RandomUse(seed).Move(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Convolutions_and_pools(ulong seed, bool odd) => Check(new RandomUse(seed).Convolution(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Products(ulong seed, bool odd) => Check(new RandomUse(seed).Product(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Normalizations(ulong seed, bool odd) => Check(new RandomUse(seed).Normalization(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Choices_and_orders(ulong seed, bool odd) => Check(new RandomUse(seed).Choice(), odd);

    [Property(MaxTest = Each, Replay = Seed)]
    public void Quantization(ulong seed, bool odd) => Check(new RandomUse(seed).Quantized(), odd);

    public static TheoryData<int> Many => [.. Enumerable.Range(0, 200)];

    [LongTheory]
    [MemberData(nameof(Many))]
    public void More_of_every_family(int seed)
    {
        foreach (var odd in new[] { false, true })
        {
            Func<RandomUse, Example>[] families = [u => u.Unary(), u => u.Pairwise(), u => u.Reduction(), u => u.Move(), u => u.Convolution(), u => u.Product(), u => u.Normalization(), u => u.Choice(), u => u.Quantized()];
            foreach (var (family, draw) in families.Index()) Check(draw(new RandomUse((ulong)(seed * families.Length + family))), odd);
        }
    }

    private static void Check(Example example, bool odd)
    {
        var run = new OracleCase(example, odd: odd);
        foreach (var (way, outputs) in run.Ways())
            if (run.Fault(outputs()) is { } fault) Assert.Fail($"{example.Op} of {string.Join(", ", example.Operands.Select(o => o?.Type.ToString() ?? "none"))}{(odd ? " with odd numbers" : "")}, {way}: {fault}");
    }
}
