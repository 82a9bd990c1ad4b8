using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Kernels;

/// <summary>A model may call its values what operators call their own arrays.</summary>
public sealed class ScratchNamesTests
{
    public static TheoryData<string> Operators => [.. Ir.Operators.All.Where(t => t.IsSubclassOf(typeof(StatementOp))).Select(t => RecordText.Snake(t.Name))];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_value_may_have_the_name_of_any_array(string verb)
    {
        foreach (var example in Ir.Operators.Examples(Ir.Operators.Find(verb)!))
        {
            var plain = Lowered(example, "x0", "y");
            foreach (var name in plain.Body.All.OfType<Scratch>().Select(s => s.Buffer.Name).Distinct())
            {
                Compilation.Run(Graph(example, name, "y"), new Machine("test"));
                Assert.Equal(plain.Body.All.Count(), Lowered(example, "x0", name).Body.All.Count());
                Compilation.Run(Graph(example, "x0", name), new Machine("test"));
            }
        }
    }

    private static Kernel Lowered(Example example, string input, string output) => Lowering.Lower(Graph(example, input, output).Nodes[0]);

    private static Graph Graph(Example example, string input, string output)
    {
        var operands = example.Operands.Select((o, i) => o is null ? null : new Value(i == 0 ? input : $"x{i}", o.Type, o.Values is { } exact ? [Tensor.Of(o.Type.Scalar, [.. o.Type.Shape.Select(e => e.Whole)], exact.AsSpan()).Bytes] : default)).ToSeq();
        var builder = new GraphBuilder("case", operands.OfType<Value>().Where(v => !v.IsWeight));
        return builder.Return([.. builder.Add([output], example.Op, operands)]);
    }
}
