namespace Lathe.Onnx;

/// <summary>Sums over support vectors, as the attributes of SVMRegressor and SVMClassifier say them.</summary>
/// <param name="kind">Of the features.</param>
/// <param name="features">Columns of x.</param>
internal sealed class SupportVectors(OnnxNode node, RaiseScope scope, Chain chain, Scalar kind, long features)
{
    private readonly Seq<double> coefficients = Reals(node, "coefficients");
    private readonly Seq<double> rho = Reals(node, "rho");

    /// <summary>Σ coefficient · kernel + rho: [batch, 1].</summary>
    /// <param name="count">How many vectors there are; 0 for a linear model.</param>
    public string Weighted(string x, long count)
    {
        if (count == 0) return Linear(x, 1);
        Expect("coefficients", coefficients, count);
        return Shifted(chain.Add("MatMul", [Kernel(x, count), Matrix("coefficients", count, 1, coefficients)]), [rho.FirstOrDefault()]);
    }

    /// <summary>x · coefficientsᵀ + rho: [batch, rows].</summary>
    public string Linear(string x, long rows)
    {
        Expect("coefficients", coefficients, rows * features);
        return Shifted(chain.Add("MatMul", [x, chain.Add("Transpose", [Matrix("coefficients", rows, features, coefficients)], ("perm", (Seq<long>)[1, 0]))]), [rho.FirstOrDefault()]);
    }

    /// <summary>For each pair of classes i &lt; j, in order, how much more is for i than for j: [batch, pairs].</summary>
    /// <param name="each">Vectors of each class.</param>
    /// <remarks>Row j-1 of the coefficients weighs the vectors of i against j, row i those of j against i.</remarks>
    public string Pairs(string x, Seq<long> each)
    {
        var (count, pairs) = (each.Sum(), Ordered(each.Count).ToList());
        if (each.Any(n => n < 0)) throw new TypeException($"vectors_per_class is {each}");
        Expect("coefficients", coefficients, count * (each.Count - 1));
        Expect("rho", rho, pairs.Count);
        var starts = each.Select((_, i) => each.Take(i).Sum()).ToList();
        var weights = new double[count * pairs.Count];
        foreach (var (pair, (i, j)) in pairs.Index())
            foreach (var (of, row) in new[] { (i, j - 1), (j, i) })
                for (var v = starts[of]; v < starts[of] + each[of]; v++) weights[v * pairs.Count + pair] = coefficients[(int)(row * count + v)];
        return Shifted(chain.Add("MatMul", [Kernel(x, count), Matrix("pairs", count, pairs.Count, [.. weights])]), rho);
    }

    /// <summary>How many pairs each class wins: [batch, classes].</summary>
    public string Votes(string pairs, int classes)
    {
        var all = Ordered(classes).ToList();
        // 1 to the first where the sum is above 0, else 1 to the second: what the second has for sure, and the difference.
        var (moved, sure) = (new double[all.Count * classes], new double[classes]);
        foreach (var (pair, (i, j)) in all.Index()) (moved[pair * classes + i], moved[pair * classes + j], sure[j]) = (1, -1, sure[j] + 1);
        var won = chain.Add("Cast", [chain.Add("Greater", [pairs, chain.Number(kind, 0)])], ("to", (long)ElementKinds.Number(kind)));
        return Shifted(chain.Add("MatMul", [won, Matrix("votes", all.Count, classes, [.. moved])]), [.. sure]);
    }

    /// <summary>The chances of classes: those of each pair by a logistic curve, then coupled. [batch, classes].</summary>
    public string Chances(string pairs, int classes)
    {
        var (all, a, b) = (Ordered(classes).ToList(), Reals(node, "prob_a"), Reals(node, "prob_b"));
        Expect("prob_a", a, all.Count);
        Expect("prob_b", b, all.Count);
        var curve = chain.Add("Sub", [chain.Number(kind, 1), chain.Add("Sigmoid", [Shifted(chain.Add("Mul", [pairs, scope.Numbers("prob_a", kind, [a.Count], a.AsSpan())]), b)])]);
        return chain.Add("PairwiseCoupling", [chain.Add("Clip", [curve, chain.Number(kind, Surest), chain.Number(kind, 1 - Surest)])], ("classes", (long)classes));
    }

    /// <summary>No class of a pair is surer than 1 less this.</summary>
    private const double Surest = 1e-7;

    private static IEnumerable<(int First, int Second)> Ordered(int classes) => Enumerable.Range(0, classes).SelectMany(i => Enumerable.Range(i + 1, classes - i - 1).Select(j => (i, j)));

    /// <summary>The kernel of each row and each vector: [batch, vectors].</summary>
    private string Kernel(string x, long count)
    {
        var (vectors, parameters) = (Reals(node, "support_vectors"), Reals(node, "kernel_params"));
        Expect("support_vectors", vectors, count * features);
        double Parameter(int i) => i < parameters.Count ? parameters[i] : 0;
        var all = Matrix("vectors", count, features, vectors);
        string Scaled(string value) => chain.Add("Add", [chain.Add("Mul", [value, chain.Number(kind, Parameter(0))]), chain.Number(kind, Parameter(1))]);
        string Products() => chain.Add("MatMul", [x, chain.Add("Transpose", [all], ("perm", (Seq<long>)[1, 0]))]);
        return node.String("kernel_type", "LINEAR") switch
        {
            "LINEAR" => Products(),
            "POLY" => chain.Add("Pow", [Scaled(Products()), chain.Number(kind, Math.Truncate(Parameter(2)))]),
            "SIGMOID" => chain.Add("Tanh", [Scaled(Products())]),
            "RBF" => chain.Add("Exp", [chain.Add("Mul", [chain.Add("ReduceSumSquare", [chain.Add("Sub", [chain.Add("Unsqueeze", [x, chain.Wholes(1)]), all]), chain.Wholes(2)], ("keepdims", 0L)), chain.Number(kind, -Parameter(0))])]),
            var other => throw new TypeException($"kernel_type must be LINEAR, POLY, RBF or SIGMOID, it is {other}"),
        };
    }

    private string Shifted(string value, Seq<double> by) => chain.Add("Add", [value, scope.Numbers($"{node.Outputs[0]}.added", kind, [by.Count], by.AsSpan())]);

    private string Matrix(string near, long rows, long columns, Seq<double> numbers) => scope.Numbers($"{node.Outputs[0]}.{near}", kind, [rows, columns], numbers.AsSpan());

    private static Seq<double> Reals(OnnxNode node, string name) => node.Floats(name) ?? [];

    private static void Expect(string what, Seq<double> numbers, long count)
    {
        if (numbers.Count != count) throw new TypeException($"{what} must be {count} numbers, there are {numbers.Count}");
    }
}
