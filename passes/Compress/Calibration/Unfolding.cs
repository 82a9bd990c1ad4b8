using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// What the rows of a weight are multiplied by, as columns of numbers gathered from a value: im2col, read off the formula. A column belongs to one
/// place of the result; rows that read other channels (groups of a convolution, batches of weights) have columns of their own.
/// </summary>
public sealed class Unfolding
{
    /// <summary>A part of an index: a number for each index of an axis.</summary>
    private readonly record struct Term(Axis Axis, Expr Atom, long Factor);

    private static readonly Dictionary<string, long> None = [];

    private readonly List<Term>[] terms;
    private readonly Expr[] constants;
    private readonly Seq<Axis> free;
    private readonly long[][] columns, groups;

    private Unfolding(Value input, string key, List<Term>[] terms, Expr[] constants, Seq<Axis> free, long[][] columns, long[][] groups, int[] groupOfRow) =>
        (Input, Key, this.terms, this.constants, this.free, this.columns, this.groups, GroupOfRow) = (input, key, terms, constants, free, columns, groups, groupOfRow);

    /// <summary>The value that is read.</summary>
    public Value Input { get; }

    /// <summary>Says which numbers are read, so that weights that multiply the same numbers share what is known of them.</summary>
    public string Key { get; }

    public int Size => columns[0].Length;
    public int Groups => groups.Length;

    /// <summary>Which columns a row of the weight is multiplied by.</summary>
    public int[] GroupOfRow { get; }

    /// <summary>Null where the sum is not of plain products with numbers of one value, at indices that are sums over axes.</summary>
    public static Unfolding? Of(WeightUse use)
    {
        if (use.Kind == WeightKind.Rows || WeightMatrix.Read(use) is not { } weight || !use.Weight.Type.IsStatic) return null;
        var formula = Formula.Of(use.Node)!;
        if (formula.Reduces.ToList() is not [{ Body: Binary { Operator: Operator.Multiply } product } sum]) return null;
        if ((product.A == weight ? product.B : product.B == weight ? product.A : null) is not Load { Outside: null or Number { Real: 0 } } read || formula.Operand(read) is not { IsWeight: false } input) return null;
        if (sum.Axes.Any(a => a.Extent is not Number { Integer: 1 } && !weight.At.Contains(a))) return null;

        Seq<int> rows = WeightMatrix.Axes(use, weight, summed: false), along = WeightMatrix.Axes(use, weight, summed: true);
        Seq<Axis> rowAxes = [.. rows.Select(i => (Axis)weight.At[i])], columnAxes = [.. along.Select(i => (Axis)weight.At[i])];
        var (terms, constants) = (new List<Term>[read.At.Count], new Expr[read.At.Count]);
        for (var d = 0; d < terms.Length; d++)
        {
            (terms[d], var linear) = ([], Linear.Of(read.At[d]));
            foreach (var (atom, factor) in linear.Terms.Where(t => t.Key.Free.Count > 0))
            {
                if (atom.Free.Count > 1) return null;
                terms[d].Add(new(atom.Free.First(), atom, factor));
            }
            constants[d] = linear.Where(atom => atom.Free.Count == 0, linear.Constant).ToExpr();
        }
        Seq<Axis> free = [.. formula.Axes.Where(a => !rowAxes.Contains(a) && terms.Any(t => t.Exists(x => x.Axis == a)))];
        if (terms.Any(t => t.Exists(x => !rowAxes.Contains(x.Axis) && !columnAxes.Contains(x.Axis) && !free.Contains(x.Axis)))) return null;
        try
        {
            var columns = terms.Select(t => Table(t, columnAxes, None)).ToArray();
            var byRow = terms.Select(t => Table(t, rowAxes, None)).ToArray();
            var (groups, known, groupOfRow) = (new List<long[]>(), new Dictionary<string, int>(StringComparer.Ordinal), new int[byRow.Length == 0 ? 1 : byRow[0].Length]);
            for (var r = 0; r < groupOfRow.Length; r++)
            {
                long[] at = [.. byRow.Select(t => t[r])];
                if (!known.TryGetValue(string.Join(',', at), out groupOfRow[r]))
                {
                    known[string.Join(',', at)] = groupOfRow[r] = groups.Count;
                    groups.Add(at);
                }
            }
            return new(input, Named(input, read, columnAxes, rowAxes, free), terms, constants, free, columns, [.. groups], groupOfRow);
        }
        catch (InvalidOperationException) { return null; } // an extent or a stride that only a run decides
    }

    /// <summary>Gathers columns of one run.</summary>
    /// <param name="run">The value.</param>
    /// <param name="symbols">Dimensions of the run.</param>
    /// <param name="most">How many at most; of more, as many are taken at equal distances.</param>
    /// <param name="take">Is given columns, one after another, at most <paramref name="panel"/> at a time, and the group they belong to.</param>
    public void Gather(Tensor run, IReadOnlyDictionary<string, long> symbols, long most, int panel, Action<int, double[], int> take)
    {
        var numbers = run.Bytes.As<float>()[..checked((int)run.Count)];
        var rank = terms.Length;
        var (strides, start) = (new long[rank], new long[rank]);
        for (var d = rank - 1; d >= 0; d--) (strides[d], start[d]) = (d == rank - 1 ? 1 : strides[d + 1] * run.Shape[d + 1], Dimensions.Evaluate(constants[d], symbols));
        var tables = free.Select(axis => terms.Select(t => Table(t, [axis], symbols)).ToArray()).ToArray();
        var extents = free.Select(axis => Dimensions.Evaluate(axis.Extent, symbols)).ToArray();
        var all = extents.Aggregate(1L, (size, extent) => size * extent);
        var taken = Math.Min(all, most);
        var flat = new long[Size];
        for (var k = 0; k < flat.Length; k++) for (var d = 0; d < rank; d++) flat[k] += columns[d][k] * strides[d];
        var (least, greatest) = (columns.Select(c => c.Min()).ToArray(), columns.Select(c => c.Max()).ToArray());
        var (corner, buffer) = (new long[rank], new double[(long)panel * Size]);
        for (var g = 0; g < groups.Length; g++)
        {
            var filled = 0;
            for (var i = 0L; i < taken; i++)
            {
                var place = (long)((Int128)i * all / taken);
                for (var d = 0; d < rank; d++) corner[d] = start[d] + groups[g][d];
                for (var f = free.Count - 1; f >= 0; f--)
                {
                    var index = place % extents[f];
                    place /= extents[f];
                    for (var d = 0; d < rank; d++) corner[d] += tables[f][d][index];
                }
                var (inside, from) = (true, 0L);
                for (var d = 0; d < rank; d++)
                {
                    inside &= corner[d] + least[d] >= 0 && corner[d] + greatest[d] < run.Shape[d];
                    from += corner[d] * strides[d];
                }
                var row = buffer.AsSpan(filled * Size, Size);
                for (var k = 0; k < row.Length; k++) row[k] = inside || Inside(k) ? numbers[(int)(from + flat[k])] : 0;
                if (++filled < panel) continue;
                take(g, buffer, filled);
                filled = 0;
            }
            if (filled > 0) take(g, buffer, filled);
        }
        GC.KeepAlive(run);

        bool Inside(int k)
        {
            for (var d = 0; d < rank; d++) if (corner[d] + columns[d][k] is var at && (at < 0 || at >= run.Shape[d])) return false;
            return true;
        }
    }

    /// <summary>Numbers that the terms of some axes add to an index, for each index of those, the last running fastest.</summary>
    private static long[] Table(List<Term> terms, Seq<Axis> axes, IReadOnlyDictionary<string, long> symbols)
    {
        long[] all = [0];
        foreach (var axis in axes)
        {
            var one = new long[Dimensions.Evaluate(axis.Extent, symbols)];
            foreach (var term in terms.Where(t => t.Axis == axis))
                for (var i = 0; i < one.Length; i++) one[i] += term.Factor * Dimensions.Evaluate(Linear.Simplify(term.Atom.Substitute((axis, i))), symbols);
            all = [.. all.SelectMany(before => one.Select(here => before + here))];
        }
        return all;
    }

    private static string Named(Value input, Load read, Seq<Axis> columns, Seq<Axis> rows, Seq<Axis> free)
    {
        var names = columns.Select((a, i) => (a, Symbol.Of($"k{i}"))).Concat(rows.Where(a => read.At.Any(e => e.Mentions(a))).Select((a, i) => (a, Symbol.Of($"r{i}")))).Concat(free.Select((a, i) => (a, Symbol.Of($"n{i}"))));
        return $"{input.Name}[{string.Join(", ", read.At.Select(e => e.Substitute(names).ToString()))}] {string.Join('x', columns.Select(a => a.Extent))}";
    }
}
