namespace Lathe.Ir.Ops;

/// <summary>
/// The chances of classes from the chances of each pair of them: the second method of Wu, Lin and Weng (Journal of Machine Learning Research 5, 2004),
/// as many rounds as libsvm takes. Not of ONNX: SVMClassifier ends with it.
/// </summary>
/// <param name="Classes">How many there are.</param>
/// <remarks>Operand: [N, pairs], the chance of i against j for i &lt; j in order. Result: [N, classes].</remarks>
[NotOfOnnx]
public sealed record PairwiseCoupling(long Classes) : StatementOp
{
    /// <summary>Rounds at most, and the error at which they end, times the classes.</summary>
    private const long Rounds = 100;
    private const double Enough = 0.005;

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(Classes is >= 2 and <= 1 << 15, $"there must be two classes or more, there are {Classes}");
        Require(x.Real(0).Rank == 2, $"the chances must be a matrix, they are {x.Type(0)}");
        x.Equal(x.Shape(0)[1], Classes * (Classes - 1) / 2, $"the pairs of {Classes} classes in {x.Type(0)}");
        return [new([x.Shape(0)[0], Classes], x.Scalar(0))];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        // In f64, so that rounding does not decide which round is the last.
        const Scalar kind = Scalar.F64;
        Buffer Local(string name, Scalar of, params Seq<Expr> shape) => new(name, of, shape, shape.Count == 0 ? Space.Registers : Space.Arena);
        var (q, p, product) = (Local("q", kind, Classes, Classes), Local("p", kind, Classes), Local("product", kind, Classes));
        var (whole, step, going) = (Local("whole", kind), Local("step", kind), Local("going", Scalar.Bool));
        Expr Dot(Expr row) => Expr.Sum([Classes], k => q[row, k[0]] * p[k[0]]);

        return Stmts.Parallel("n", x.Shape(0)[0], n =>
        {
            // The chance of i against j; where j comes first, what is left of its own.
            Expr Chance(Expr i, Expr j) => Expr.Select(i < j, x[0]([n, Place(i, j)], 0).As(kind), 1.0 - x[0]([n, Place(j, i)], 0).As(kind));
            Expr Entry(Expr i, Expr j) => Expr.Select(Expr.Same(i, j), Expr.Sum([Classes], k => Expr.Select(Expr.Same(k[0], i), 0.0, Chance(k[0], i) * Chance(k[0], i))), -(Chance(j, i) * Chance(i, j)));
            Stmt Move(Expr t) => Stmts.Do(
                step.Set([], (whole[[]] - product[t]) / q[t, t]),
                p.Set([t], p[t] + step[[]]),
                whole.Set([], (whole[[]] + step[[]] * (step[[]] * q[t, t] + 2.0 * product[t])) / ((1.0 + step[[]]) * (1.0 + step[[]]))),
                Stmts.For("j", Classes, j => Stmts.Do(product.Set([j], (product[j] + step[[]] * q[t, j]) / (1.0 + step[[]])), p.Set([j], p[j] / (1.0 + step[[]])))));
            Stmt Round() => Stmts.Do(
                Scattering.Over([Classes], t => product.Set(t, Dot(t[0]))),
                whole.Set([], Expr.Sum([Classes], k => p[k[0]] * product[k[0]])),
                going.Set([], Enough / Classes <= Expr.Largest([Classes], k => Expr.Abs(product[k[0]] - whole[[]]))),
                Stmts.When(going[[]], Stmts.For("t", Classes, Move)));
            return new Scratch(q, new Scratch(p, new Scratch(product, new Scratch(whole, new Scratch(step, new Scratch(going, Stmts.Do(
                Scattering.Over([Classes, Classes], at => q.Set(at, Entry(at[0], at[1]))),
                Scattering.Over([Classes], t => p.Set(t, Number.Of(kind, 1.0 / Classes))),
                going.Set([], true),
                Stmts.For("round", Math.Max(Rounds, Classes), _ => Stmts.When(going[[]], Round())),
                Scattering.Over([Classes], t => results[0].Set([n, t[0]], p[t[0]].As(results[0].Scalar))))))))));
        });
    }

    /// <summary>Where the pair i &lt; j stands.</summary>
    private Expr Place(Expr i, Expr j) => i * (2 * Classes - i - 1) / 2 + j - i - 1;

    public override IEnumerable<Example> Examples() =>
        [new(this with { Classes = 2 }, Operand.F32(3, 1) with { Low = 0.05, High = 0.95 }), new(this with { Classes = 4 }, Operand.F32(5, 6) with { Low = 0.05, High = 0.95 })];
}
