using Lathe.Ir;

namespace Lathe.UnitTests.Running;

/// <summary>Runs one formula over small tensors.</summary>
internal static class Formula
{
    /// <summary>What a formula gives for each index of its inputs, which have one shape.</summary>
    public static Tensor Run(Func<Seq<Expr>, Expr> formula, params Seq<Tensor> inputs)
    {
        var count = inputs[0].Count;
        Seq<Ir.Buffer> buffers = [.. inputs.Select((x, i) => new Ir.Buffer($"x{i}", x.Kind, [count]))];
        var axis = new Axis("i", count);
        var value = formula([.. buffers.Select(b => b[axis])]);
        var output = new Ir.Buffer("y", value.Type, [count]);
        var result = Tensor.Zeros(value.Type, inputs[0].Shape);
        var memory = inputs.Select((x, i) => ($"x{i}", x.Bytes)).Append(("y", result.Bytes)).ToDictionary(p => p.Item1, p => p.Item2);
        Interpreter.Run(new Kernel("formula", buffers, [output], new Loop(LoopKind.For, axis, output.Set([axis], value))), memory, new Dictionary<string, long>());
        return result;
    }

    public static double[] Of(Scalar kind, Func<Expr, Expr> formula, params double[] x) => Run(e => formula(e[0]), Tensor.Of(kind, [x.Length], x)).ToDoubles();

    public static double[] Of(Scalar kind, Func<Expr, Expr, Expr> formula, double[] x, double[] y) =>
        Run(e => formula(e[0], e[1]), Tensor.Of(kind, [x.Length], x), Tensor.Of(kind, [y.Length], y)).ToDoubles();
}
