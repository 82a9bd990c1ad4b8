using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// A formula that holds a sum of products of two things: Σ over K of f(M, K) · g(N, K). Matmul, convolution, attention products and einsum
/// are all this; it is read off the formula, never off an operator's name.
/// </summary>
/// <param name="Output">The store whose value holds the sum.</param>
/// <param name="A">The factors that vary with M: activations, a gather, a decode, a fused producer.</param>
/// <param name="B">The factors that vary with N: usually a weight and its decode.</param>
/// <param name="Scale">The factors that do not vary along K: they move behind the sum.</param>
/// <param name="Batch">Axes of the result that both sides share.</param>
public sealed record Contraction(Kernel Kernel, Store Output, Reduce Sum, Expr A, Expr B, Expr? Scale, Seq<Axis> Batch, Seq<Axis> M, Seq<Axis> N, Seq<Axis> K)
{
    /// <param name="kernel">A nest of plain loops around one store.</param>
    /// <param name="constants">Input buffers that are weights.</param>
    public static Contraction? Find(Kernel kernel, IReadOnlySet<string> constants)
    {
        var (axes, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop l; body = l.Body) axes.Add(l.Axis);
        if (body is not Store store || store.Value.Parts().OfType<Reduce>().ToList() is not [{ Kind: ReduceKind.Sum } sum]) return null;
        if (sum.Type is not (Scalar.F32 or Scalar.F64 or Scalar.I32)) return null;
        (axes, store, sum) = Split(axes, store, sum);

        var factors = Factors(sum.Body).ToList();
        var summed = factors.Where(f => sum.Axes.Any(f.Mentions)).ToList();
        if (summed.Count < 2) return null;
        Seq<Axis> Kept(Expr e) => [.. axes.Where(e.Mentions)];
        // Factors that no axis of the result moves, like a weight of the summed axis alone, join whichever side is constant.
        var sided = summed.Where(f => Kept(f).Count > 0).ToList();
        var loose = summed.Except(sided).ToList();
        bool Constant(IEnumerable<Expr> side) => side.SelectMany(f => f.Parts()).OfType<Load>().All(load => constants.Contains(load.Buffer.Name));
        // One row: the other side is all there is to tell columns by. It may be several factors: codes and the scales of their groups.
        var single = loose.Count > 0 && sided.Count > 0 && (sided.Count == 1 || Constant(sided) && !Constant(loose) && sided.Exists(most => sided.TrueForAll(f => !Kept(f).Except(Kept(most)).Any())));
        if (sided.Count < 2 && !single) return null;
        Seq<Axis> batch = single ? [] : [.. axes.Where(axis => sided.All(f => f.Mentions(axis)))];
        var (a, left) = single ? (loose, sided) : (new List<Expr> { sided[0] }, sided.Skip(1).ToList());
        for (var grown = true; grown;)
        {
            var near = left.Where(f => a.Any(mine => Kept(mine).Except(batch).Intersect(Kept(f)).Any())).ToList();
            grown = near.Count > 0;
            a.AddRange(near);
            left.RemoveAll(near.Contains);
        }
        if (left.Count == 0) return null;
        var b = left;
        // Counted as one, axes go in the order of the result's memory: what lies side by side there is stored together.
        var place = Linear.Of(store.Buffer.Flat(store.At));
        // A stride such as n + 1 shows as two terms: only an axis in one term has the stride that stands there.
        long Stride(Axis axis) => place.Terms.Keys.All(atom => atom == axis || !atom.Mentions(axis)) ? place[axis] : 0;
        Seq<Axis> Own(List<Expr> side) => [.. axes.Where(axis => !batch.Contains(axis) && side.Any(f => f.Mentions(axis))).OrderByDescending(axis => Stride(axis) is > 0 and var stride ? stride : long.MaxValue)];
        // Lanes run along N: weights there can be packed by the compiler; else whatever lies side by side in the result.
        var swap = Constant(a) != Constant(b) ? Constant(a) : Own(a).Any(axis => Stride(axis) == 1);
        if (swap) (a, b) = (b, a);
        if (!single) foreach (var factor in loose) (Constant(b) && !Constant([factor]) ? a : b).Add(factor);
        var scale = factors.Except(summed).ToList();
        // An axis that only what stands outside the sum has is no product's.
        if (axes.Except([.. batch, .. Own(a), .. Own(b)]).Any(axis => axis.Extent is not Number { Integer: 1 })) return null;
        return new(kernel, store, sum, Product(a), Product(b), scale.Count == 0 ? null : Product(scale), batch, Own(a), Own(b), sum.Axes);
    }

    /// <summary>What is stored once the sum is known.</summary>
    public Expr Epilogue(Expr total)
    {
        var whole = Scale is null ? total : total * Scale;
        return Output.Value.Replace(part => ReferenceEquals(part, Sum) || part == Sum ? whole : null);
    }

    /// <summary>Stores a result once its sum is known.</summary>
    /// <param name="places">Its index along each axis.</param>
    internal Stmt Finished(Expr total, Seq<(Axis, Expr)> places) => Output.Buffer.Set(Output.At.Placed(places), Epilogue(total).Placed(places));

    /// <summary>Machine steps that a result takes once its sum is known.</summary>
    internal double Finishing => Effort.Of(Epilogue(new Buffer("sum", Sum.Type, [1])[0])) + 1;

    /// <summary>Whether every number that B reads is a weight.</summary>
    public bool IsConstantB(IReadOnlySet<string> constants) => B.Parts().All(part => part is Load load ? constants.Contains(load.Buffer.Name) : part is not Symbol);

    /// <summary>How many neighbouring steps read the same number: those of a group, where there is one summed axis and it is read only divided.</summary>
    internal long GroupOf(Load load)
    {
        if (K is not [var axis]) return 1;
        var divisors = load.At.SelectMany(i => i.Parts()).OfType<Binary>().Where(b => b.Operator == Operator.Divide && b.A == axis && b.B is Number).Distinct().ToList();
        return divisors is [{ B: Number { Integer: > 1 and var size } } group] && !load.At.Any(i => i.Replace(part => part == group ? 0 : null).Mentions(axis)) ? size : 1;
    }

    /// <summary>The summed axes, the one that lies side by side in A last.</summary>
    internal Seq<Axis> NearLast()
    {
        var load = A.Parts().OfType<Load>().First(l => K.Any(l.Mentions));
        var terms = Linear.Of(load.Buffer.Flat(load.At));
        var near = K.FirstOrDefault(axis => terms[axis] == 1) ?? K[^1];
        return [.. K.Where(axis => axis != near), near];
    }

    /// <summary>A product, taken apart.</summary>
    internal static IEnumerable<Expr> Factors(Expr e) => e is Binary { Operator: Operator.Multiply } b ? Factors(b.A).Concat(Factors(b.B)) : [e];

    private static Expr Product(IEnumerable<Expr> factors) => factors.Aggregate((x, y) => x * y);

    /// <summary>Where a side reads an axis only as <c>f / c</c> (groups of channels), the axis becomes two: the group and the place in it.</summary>
    private static (List<Axis>, Store, Reduce) Split(List<Axis> axes, Store store, Reduce sum)
    {
        foreach (var axis in axes.ToList())
        {
            if (axis.Extent is not Number { Integer: var extent }) continue;
            var divisors = sum.Body.Parts().OfType<Binary>().Where(b => b.Operator == Operator.Divide && b.A == axis && b.B is Number).Select(b => b.B.Whole).Distinct().ToList();
            if (divisors is not [var c] || c <= 1 || extent % c != 0) continue;
            var (group, place) = (new Axis("g", extent / c), new Axis(axis.Name, c));
            Expr Apply(Expr e) => e.Replace(part => part == axis ? group * c + place
                : part is Load load && load.Mentions(axis) ? Load.Of(load.Buffer, [.. load.At.Select(i => Linear.Simplify(Apply(i)))], load.Outside is { } outside ? Apply(outside) : null) : null);
            store = new(store.Buffer, [.. store.At.Select(i => Linear.Simplify(Apply(i)))], Apply(store.Value));
            sum = store.Value.Parts().OfType<Reduce>().Single();
            axes = [.. axes.SelectMany(x => x == axis ? [group, place] : new[] { x })];
        }
        return (axes, store, sum);
    }
}
