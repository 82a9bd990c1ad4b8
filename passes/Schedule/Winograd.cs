using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// The minimal algorithm F(m, r): m neighbouring results of a correlation with r taps from m + r - 1 products instead of m·r.
/// y = A((G g) ∘ (B d)): three small matrices, made from points at which the polynomials behind them are evaluated.
/// </summary>
/// <remarks>
/// Winograd, Arithmetic Complexity of Computations (1980); Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015), whose points
/// 0, ±1, ±2 amplify rounding four times as much as ours: fractions near 1 keep the powers in A near one another (Barabasz et al., Error Analysis and
/// Improving the Accuracy of Winograd Convolution, 2020). All points are short binary fractions, so that A and B are exact in f32.
/// </remarks>
public sealed class Winograd
{
    private static readonly Dictionary<int, double[]> Points = new() { [4] = [0, 1, -1], [6] = [0, 0.625, -0.625, 1.5, -1.5], [8] = [0, 0.5, -0.5, 1, -1, 1.5, -1.5] };

    /// <summary>Results of one algorithm, as far as points are known for any number of taps.</summary>
    public static IEnumerable<int> Sizes => Enumerable.Range(2, Points.Keys.Max() - 2);

    /// <param name="results">Neighbouring results, m.</param>
    /// <param name="taps">Of the filter, r.</param>
    public Winograd(int results, int taps)
    {
        (Results, Taps) = (results, taps);
        var a = Points[Products];
        // The point at infinity stands for the highest coefficient.
        Forward = [.. Enumerable.Range(0, Products).Select(i => Polynomial([.. a.Where((_, j) => j != i)]))];
        Weights = [.. a.Select((point, i) => Enumerable.Range(0, taps).Select(power => Math.Pow(point, power) / a.Where((_, j) => j != i).Aggregate(1.0, (f, other) => f * (point - other))).ToArray()), Unit(taps)];
        Back = [.. Enumerable.Range(0, results).Select(power => a.Select(point => Math.Pow(point, power)).Append(power == results - 1 ? 1 : 0).ToArray())];
    }

    public int Results { get; }
    public int Taps { get; }

    /// <summary>Products for <see cref="Results"/> results, and numbers read for them: m + r - 1.</summary>
    public int Products => Results + Taps - 1;

    /// <summary>B: numbers read into factors.</summary>
    public double[][] Forward { get; }

    /// <summary>G: taps into factors.</summary>
    public double[][] Weights { get; }

    /// <summary>A: products into results.</summary>
    public double[][] Back { get; }

    /// <summary>Whether points for an algorithm of this size are known.</summary>
    public static bool Has(int results, int taps) => results >= 2 && Points.ContainsKey(results + taps - 1);

    /// <summary>
    /// How much rounding is amplified: the largest, over results, of √Σ(A·‖G‖·‖B‖)² over products. An algorithm nested for two axes has the product of both.
    /// Times 2^-24 it is the largest error of an f32 layer as a share of its largest result within 25 %, measured for F(2), F(4), F(6) with 3 taps and 64 to 128 channels.
    /// </summary>
    public double Amplification => Math.Sqrt(Back.Max(row => row.Index().Sum(a => a.Item * a.Item * Squares(Weights[a.Index]) * Squares(Forward[a.Index]))));

    /// <summary>
    /// The rows of a matrix times a vector. Points come in pairs ±p: two rows that differ in the sign of odd places share both halves of their sums,
    /// two columns that differ in the sign of some rows are added or subtracted once.
    /// </summary>
    /// <param name="part">Of the vector, by its place.</param>
    /// <param name="multiplyAdd">a·b + c as the machine does it.</param>
    public static Seq<Expr> Times(double[][] matrix, Func<int, Expr> part, Func<Expr, Expr, Expr, Expr> multiplyAdd)
    {
        var rows = new Expr?[matrix.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not null) continue;
            var twin = Enumerable.Range(i + 1, rows.Length - i - 1).FirstOrDefault(other => matrix[i].Zip(matrix[other]).All(p => Math.Abs(p.First) == Math.Abs(p.Second)), -1);
            if (twin < 0) { rows[i] = Sum(matrix[i], part, multiplyAdd); continue; }
            double[] Where(bool same) => [.. matrix[i].Zip(matrix[twin], (a, b) => a == b == same ? a : 0)];
            var (alike, opposite) = (Sum(Where(true), part, multiplyAdd), Sum(Where(false), part, multiplyAdd));
            (rows[i], rows[twin]) = (alike + opposite, alike - opposite);
        }
        return [.. rows.OfType<Expr>()];
    }

    /// <summary>Additions and multiplications of <see cref="Times"/>, a fused one counted once.</summary>
    public static int Steps(double[][] matrix)
    {
        var numbers = new Buffer("numbers", Scalar.F32, [matrix[0].Length]);
        return Times(matrix, i => numbers[i], Expr.Fma).SelectMany(row => row.Parts()).Distinct().Count(e => e is Binary or Call);
    }

    /// <summary>Σ factor · part, from the last on: that factor is 1 more often than not.</summary>
    private static Expr Sum(double[] factors, Func<int, Expr> part, Func<Expr, Expr, Expr, Expr> multiplyAdd)
    {
        Expr? sum = null;
        var done = new bool[factors.Length];
        for (var i = factors.Length - 1; i >= 0; i--)
        {
            if (factors[i] == 0 || done[i]) continue;
            var value = part(i);
            for (var twin = i - 1; twin >= 0; twin--)
            {
                if (done[twin] || Math.Abs(factors[twin]) != Math.Abs(factors[i])) continue;
                value = factors[twin] == factors[i] ? value + part(twin) : value - part(twin);
                done[twin] = true;
                break;
            }
            sum = sum is null ? factors[i] == 1 ? value : value * factors[i] : factors[i] == 1 ? sum + value : factors[i] == -1 ? sum - value : multiplyAdd(value, factors[i], sum);
        }
        return sum ?? throw new ArgumentException("a row of zeros");
    }

    /// <summary>Coefficients of Π(x - root), the lowest first.</summary>
    private double[] Polynomial(double[] roots)
    {
        var coefficients = new double[Products];
        coefficients[0] = 1;
        foreach (var root in roots)
            for (var power = Products - 1; power >= 0; power--) coefficients[power] = (power > 0 ? coefficients[power - 1] : 0) - root * coefficients[power];
        return coefficients;
    }

    private static double[] Unit(int length) => [.. new double[length - 1], 1];
    private static double Squares(double[] row) => row.Sum(x => x * x);
}
