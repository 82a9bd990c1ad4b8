namespace Lathe.Ir.Ops;

/// <summary>The loss of classes against labels, as the loss operators share it.</summary>
/// <param name="IgnoreIndex">The label whose places do not count; null for none.</param>
/// <param name="Reduction">none; sum; mean, the sum over the weights that counted.</param>
internal sealed record LogLikelihood(long? IgnoreIndex, string Reduction)
{
    /// <summary>The shape of the loss, once labels [N, D…] and weights [C] fit the classes [N, C, D…].</summary>
    public Seq<Expr> Shape(Operands x)
    {
        if (Reduction is not ("none" or "sum" or "mean")) throw new TypeException($"reduction must be none, sum or mean, it is {Reduction}");
        var (classes, labels) = (x.Shape(0), x.Whole(1).Shape);
        if (classes.Count < 2 || labels.Count != classes.Count - 1) throw new TypeException($"classes must be [N, C, D…] and labels [N, D…], they are {x.Type(0)} and {x.Type(1)}");
        for (var axis = 0; axis < labels.Count; axis++) x.Equal(labels[axis], classes[axis == 0 ? 0 : axis + 1], $"axis {axis} of the labels {x.Type(1)} for classes {x.Type(0)}");
        if (x.Has(2)) x.Equal(x.Shape(2)[0], classes[1], $"weights {x.Type(2)} for the classes of {x.Type(0)}");
        x.NotEmpty(classes[1], x.Type(1).Size, $"axis 1 of the classes {x.Type(0)}");
        return Reduction == "none" ? labels : [];
    }

    /// <param name="logarithm">The logarithm of a class's chance.</param>
    public Expr Loss(Operands x, Seq<Expr> at, Func<Seq<Expr>, Expr> logarithm)
    {
        if (Reduction == "none") return One(at);
        var sum = Expr.Sum(x.Shape(1), One);
        return Reduction == "sum" ? sum : sum / Expr.Sum(x.Shape(1), Weight);

        Expr One(Seq<Expr> place) => -(logarithm([place[0], Label(place), .. place[1..]]) * Weight(place));
        Expr Label(Seq<Expr> place) => Indexing.Wrapped(x[1](place), x.Shape(0)[1]);
        Expr Weight(Seq<Expr> place)
        {
            var weight = x.Has(2) ? x[2]([Label(place)]) : Number.Of(x.Scalar(0).Arithmetic, 1.0);
            return IgnoreIndex is { } ignored ? Expr.Select(Expr.Same(x[1](place).As(Scalar.I64), ignored), 0, weight) : weight;
        }
    }
}
