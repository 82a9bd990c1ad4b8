using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Sums of sizes as how often each part of them occurs, a part being 1 or what does not come apart further: a product of dimensions. No part is ever below 0.</summary>
internal sealed class SizeSums
{
    /// <summary>Sums whose largest an offset is, at most.</summary>
    private const int Terms = 12;

    private readonly List<Expr> parts = [1];
    private readonly (long Low, long High)[] ranges;
    private readonly double[][] examples;

    /// <param name="sizes">All sizes there are, none ever below 0.</param>
    /// <param name="examples">What symbols may be, to weigh sums against one another.</param>
    public SizeSums(Seq<Expr> sizes, Seq<Func<Symbol, long>> examples)
    {
        Sizes = [.. sizes.Select(Counts)];
        foreach (var (i, size) in Sizes.Index()) Sizes[i] = [.. size, .. new long[parts.Count - size.Length]];
        ranges = [.. parts.Select(Linear.Range)];
        this.examples = [.. examples.Select(e => parts.Select(p => (double)At(p, e)).ToArray())];
    }

    /// <summary>Each size.</summary>
    public long[][] Sizes { get; }

    /// <summary>What a size is where symbols are known.</summary>
    public static long At(Expr size, Func<Symbol, long> symbols) => Linear.Simplify(size.Replace(e => e is Symbol s ? symbols(s) : null)) is Number n ? n.Integer : Linear.Range(size).High;

    public static long[] Sum(long[] a, long[] b) => [.. a.Zip(b, (x, y) => x + y)];

    /// <summary>The largest of some sums, as few of them as can be: those that another reaches are left out, and of many the two that differ least become one.</summary>
    public List<long[]> Largest(IEnumerable<long[]> sums)
    {
        var left = new List<long[]>();
        foreach (var sum in sums) Add(sum);
        return left;

        void Add(long[] sum)
        {
            if (left.Exists(other => Reaches(other, sum))) return;
            left.RemoveAll(other => Reaches(sum, other));
            left.Add(sum);
            if (left.Count <= Terms) return;
            var most = examples.Select((_, e) => Math.Max(1, left.Max(s => At(s, e)))).ToArray();
            var (a, b) = left.SelectMany((a, i) => left.Take(i).Select(b => (a, b))).MinBy(p => Cost(most, p.a, p.b));
            left.RemoveAll(s => s == a || s == b);
            Add([.. a.Zip(b, Math.Max)]);
        }
    }

    /// <summary>How much larger the largest gets, over all examples, where one sum takes the place of two; where it stays what it is, how much larger they get.</summary>
    private double Cost(double[] most, long[] a, long[] b)
    {
        var cost = 0.0;
        for (var e = 0; e < examples.Length; e++)
        {
            var (x, y, both) = (0.0, 0.0, 0.0);
            for (var i = 0; i < a.Length; i++)
            {
                x += a[i] * examples[e][i];
                y += b[i] * examples[e][i];
                both += Math.Max(a[i], b[i]) * examples[e][i];
            }
            cost += (Math.Max(0, both - most[e]) + (both - Math.Max(x, y)) / 1000) / most[e];
        }
        return cost;
    }

    public Expr Expr(List<long[]> largest) => largest.Select(sum => Linear.Simplify(parts.Zip(sum, (part, times) => part * times).Aggregate((a, b) => a + b))).Aggregate((a, b) => Ir.Expr.Max(a, b));

    private double At(long[] sum, int example)
    {
        var at = 0.0;
        for (var i = 0; i < sum.Length; i++) at += sum[i] * examples[example][i];
        return at;
    }

    /// <summary>Whether a sum is at least as large as another in every run.</summary>
    private bool Reaches(long[] a, long[] b)
    {
        Int128 least = 0;
        for (var i = 0; i < a.Length; i++) least += (Int128)(a[i] - b[i]) * (a[i] >= b[i] ? ranges[i].Low : ranges[i].High);
        return least >= 0;
    }

    private long[] Counts(Expr size)
    {
        var linear = Linear.Of(size);
        // A difference of products is a part as a whole.
        if (linear.Constant < 0 || linear.Terms.Any(t => t.Value < 0 || Linear.Range(t.Key).Low < 0)) linear = null;
        foreach (var part in linear?.Terms.Keys ?? [size]) if (!parts.Contains(part)) parts.Add(part);
        return [.. parts.Select((part, i) => linear is null ? part == size ? 1 : 0 : i == 0 ? linear.Constant : linear[part])];
    }
}
