using System.Collections.Concurrent;
using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>What a type rule takes, code can be made of: every example with every kind of number in place of those that its operands have.</summary>
public sealed class KindTests
{
    [Theory]
    [MemberData(nameof(OperatorTests.All), MemberType = typeof(OperatorTests))]
    public void That_are_taken_become_code(string verb)
    {
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(Operators.Examples(Operators.Find(verb)!).SelectMany(Cases), c =>
        {
            if (Fault(c.Op, c.Operands) is { } fault) faults.Add($"{c.Op} of {string.Join(", ", c.Operands.Select(v => v?.Type.ToString() ?? "none"))}: {fault}");
        });
        Assert.True(faults.IsEmpty, string.Join("\n", faults.Order(StringComparer.Ordinal)));
    }

    /// <summary>An example with each of its kinds changed to each other kind, in all operands that have it.</summary>
    private static IEnumerable<(Op Op, Seq<Value?> Operands)> Cases(Example example)
    {
        var kinds = example.Operands.OfType<Operand>().Where(o => !o.IsConstant && o.Type.Encoding is Dense).Select(o => o.Type.Scalar).Distinct();
        return from own in kinds
               from other in Enum.GetValues<Scalar>()
               where other is not (Scalar.String or Scalar.C64 or Scalar.C128) && other != own
               select (example.Op, (Seq<Value?>)[.. example.Operands.Select((o, i) => o is null ? null : Of(o, i, own, other))]);
    }

    private static Value Of(Operand operand, int i, Scalar own, Scalar other) => operand.Values is { } exact
        ? new($"x{i}", operand.Type, [Tensor.Of(operand.Type.Scalar, [.. operand.Type.Shape.Select(e => e.Whole)], [.. exact]).Bytes])
        : new($"x{i}", operand.Type.Encoding is Dense && operand.Type.Scalar == own ? new(operand.Type.Shape, other) : operand.Type);

    private static string? Fault(Op op, Seq<Value?> operands)
    {
        try
        {
            var builder = new GraphBuilder("case", operands.OfType<Value>().Where(v => !v.IsWeight));
            builder.Add(["y"], op, operands);
            KernelEmitter.Emit(Lowering.Lower(builder.Nodes[0]), CpuTarget.Host);
            return null;
        }
        catch (TypeException) { return null; } // refused
        catch (Exception e) { return $"{e.GetType().Name}: {e.Message}"; }
    }
}
