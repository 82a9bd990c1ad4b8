using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>Rows times a matrix of weights, and a row added: what takes a change of coordinates into its weights, on either side.</summary>
/// <param name="Data">The rows.</param>
/// <param name="Weight">The matrix.</param>
/// <param name="IsTurned">Whether outputs are its rows.</param>
/// <param name="Factor">Of the product.</param>
/// <param name="Bias">What is added, one number for each output; null: nothing.</param>
internal sealed record StreamProduct(Node Node, Value Data, Value Weight, bool IsTurned, double Factor, double[]? Bias)
{
    public int Inputs => (int)Weight.Type.Shape[IsTurned ? 1 : 0].Whole;
    public int Outputs => (int)Weight.Type.Shape[IsTurned ? 0 : 1].Whole;

    /// <summary>Null where a step is none.</summary>
    public static StreamProduct? Of(Node node) => node switch
    {
        { Op: MatMul, Operands: [{ IsWeight: false, Type: { Rank: >= 2, Encoding: Dense { Kind: Scalar.F32 } } } x, { } w] } when IsMatrix(w) => new(node, x, w, false, 1, null),
        { Op: Gemm { TransA: false } gemm, Operands: [{ IsWeight: false, Type.Encoding: Dense { Kind: Scalar.F32 } } x, { } w, .. var rest] } when IsMatrix(w) && Row(rest, gemm.Beta, (int)w.Type.Shape[gemm.TransB ? 0 : 1].Whole) is var (fits, bias) && fits => new(node, x, w, gemm.TransB, gemm.Alpha, bias),
        _ => null,
    };

    /// <summary>Rows of a table that are picked by number: the table, null where a step is none.</summary>
    public static Value? Rows(Node node) => node is { Op: Gather { Axis: 0 }, Operands: [{ } table, { IsWeight: false }] } && IsMatrix(table) ? table : null;

    /// <summary>The matrix, inputs × outputs, the factor in it.</summary>
    public double[] Matrix()
    {
        var numbers = Numbers(Weight, Node);
        if (IsTurned) numbers = Matrices.Turned(numbers, Outputs, Inputs);
        if (Factor != 1) for (var i = 0; i < numbers.Length; i++) numbers[i] *= Factor;
        return numbers;
    }

    /// <exception cref="DiagnosticException">LT3233: it holds what is no number.</exception>
    public static double[] Numbers(Value weight, Node node)
    {
        var numbers = Constants.Read(weight);
        return Array.FindIndex(numbers, n => !double.IsFinite(n)) is >= 0 and var bad ? throw new DiagnosticException([new("LT3233", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{weight} holds {numbers[bad]} at {bad}, which does not turn"), node.Result.Name, "a model whose weights are numbers")]) : numbers;
    }

    private static bool IsMatrix(Value weight) => weight is { IsWeight: true, Type: { Rank: 2, IsStatic: true, Encoding: Dense { Kind: Scalar.F32 } } };

    private static (bool Fits, double[]? Bias) Row(Seq<Value?> rest, double beta, int outputs) => rest switch
    {
        [] or [null] => (true, null),
        [{ IsWeight: true } bias] when bias.Type.Count == outputs && (bias.Type.Rank == 0 || bias.Type.Shape[^1].Whole == outputs) => (true, [.. Constants.Read(bias).Select(b => b * beta)]),
        _ => (false, null),
    };
}
