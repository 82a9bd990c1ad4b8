using System.Collections.Concurrent;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Whether an operator of two operands gives the same for both orders: read off its formula.</summary>
internal static class Commuting
{
    private static readonly ConcurrentDictionary<Op, bool> Known = new();

    public static bool Is(Op op) => Known.GetOrAdd(op, Find);

    private static bool Find(Op op) => new[] { Scalar.F32, Scalar.I64, Scalar.Bool }.Any(kind => Find(op, kind));

    private static bool Find(Op op, Scalar kind)
    {
        try
        {
            var (a, b) = (new Value("a", new([], kind)), new Value("b", new([], kind)));
            var x = GraphBuilder.Operands([a, b]);
            if (op is not FormulaOp || op.Infer(x) is not [var type] || Formula.Of(new(op, [a, b], [new("y", type)])) is not { } formula) return false;
            return formula.Number switch
            {
                Binary { Operator: Operator.Add or Operator.Multiply or Operator.And or Operator.Or or Operator.Xor or Operator.Equal, A: Load p, B: Load q } => p != (Expr)q,
                Call { Function: Function.Min or Function.Max } call => call.Arguments is [Load p, Load q] && p != (Expr)q,
                _ => false,
            };
        }
        catch (TypeException) { return false; }
    }
}
