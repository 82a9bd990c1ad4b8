namespace Lathe.Ir.Ops;

/// <summary>1 / (1 + exp(-x)), number by number; f32 and narrower within 1.7e-7 of it. ONNX Sigmoid, opset 13.</summary>
/// <remarks>
/// In f32 it is the quotient of polynomials that Eigen's logistic and ONNX Runtime's kernel use: no exp, and models whose last step is a sigmoid
/// give the numbers they gave there. Its error is absolute: a result near 0 is a multiple of 2^-25, as it is in ONNX Runtime.
/// </remarks>
public sealed record Sigmoid : Unary
{
    /// <summary>Beyond this f32 cannot tell the result from 0 or 1.</summary>
    private const double Flat = 18;

    /// <summary>Coefficients of the odd powers above and the even powers below, the highest first.</summary>
    private static readonly double[] Above = [4.37031012579801e-11, 1.15627324459942e-07, 6.08574864600143e-05, 8.51377133304701e-03, 2.48287947061529e-01],
        Below = [6.10247389755681e-13, 5.76102136993427e-09, 6.29106785017040e-06, 1.70198817374094e-03, 1.16817656904453e-01, 9.93151921023180e-01];

    protected override Expr Of(Expr x)
    {
        if (x.Type != Scalar.F32) return 1.0 / (1.0 + Expr.Exp(-x));
        var near = Expr.Clamp(x, -Flat, Flat);
        var square = near * near;
        Expr Polynomial(double[] coefficients) => coefficients.Skip(1).Aggregate(Number.Of(Scalar.F32, coefficients[0]), (sum, c) => Expr.Fma(sum, square, c));
        return Expr.Clamp(Polynomial(Above) * near / Polynomial(Below) + 0.5, 0.0, 1.0);
    }

    public override IEnumerable<Example> Examples() => Between(-6, 6);
}
