namespace Lathe.Ir.Algebra;

/// <summary>A sum of products of arrays, each axis a letter: <c>TJK·TLI → JLKI</c> sums over T. What it is linear in, each of its arrays, can be fitted to a matrix by <see cref="NetworkFit"/>.</summary>
/// <param name="Terms">Products that are added up: which arrays, and the letters of their axes. A letter of the result that a term does not have is one that it is the same along.</param>
/// <param name="Result">Letters of the result: those of its rows, then those of its columns.</param>
/// <param name="Columns">How many of the last letters are columns.</param>
/// <param name="Extents">Of each letter.</param>
public sealed record TensorNetwork(Seq<Seq<(int Array, string Letters)>> Terms, string Result, int Columns, IReadOnlyDictionary<char, int> Extents)
{
    /// <summary>A network of one product.</summary>
    /// <param name="arrays">The letters of each array.</param>
    public static TensorNetwork Of(Seq<string> arrays, string result, int columns, params IEnumerable<(char Letter, long Extent)> extents) =>
        new([[.. arrays.Select((letters, array) => (array, letters))]], result, columns, extents.ToDictionary(p => p.Letter, p => (int)p.Extent));

    /// <summary>The array along which all columns lie, so that a factor of each column is one of its numbers; null where several share them.</summary>
    public int? Wide => Terms is [var only] && only.FirstOrDefault(p => Result[^Columns..].All(p.Letters.Contains)) is { Letters: not null } wide ? wide.Array : null;

    public double[] Product(IReadOnlyList<double[]> arrays)
    {
        var sum = new double[Size(Result)];
        foreach (var term in Terms)
            if (Contracted([.. term.Select(p => (p.Letters, arrays[p.Array]))], Result) is var product) for (var i = 0; i < sum.Length; i++) sum[i] += product[i];
        return sum;
    }

    /// <summary>The products that an array is in: of them the sum is linear in it.</summary>
    public TensorNetwork With(int array) => this with { Terms = [.. Terms.Where(term => term.Any(p => p.Array == array))] };

    /// <summary>The derivative of Σ matrix·result by one of the arrays: what of a matrix goes that array's way.</summary>
    public double[] Adjoint(IReadOnlyList<double[]> arrays, int array, double[] matrix)
    {
        var sum = new double[arrays[array].Length];
        foreach (var term in Terms)
            foreach (var (mine, letters) in term.Where(p => p.Array == array))
                if (Contracted([(Result, matrix), .. term.Where(p => p.Array != mine).Select(p => (p.Letters, arrays[p.Array]))], letters) is var product) for (var i = 0; i < sum.Length; i++) sum[i] += product[i];
        return sum;
    }

    /// <summary>A factor for each column, multiplied into the array along which they lie.</summary>
    public double[] Scaled(double[] wide, Func<int, double> factor)
    {
        var (letters, columns) = (Terms[0].First(p => p.Array == Wide).Letters, Result[^Columns..]);
        var (scaled, strides) = (new double[wide.Length], Strides(columns));
        var digits = letters.Select(letter => (Extent: Extents[letter], Stride: columns.IndexOf(letter) is >= 0 and var at ? strides[at] : 0)).ToArray();
        for (var i = 0; i < wide.Length; i++)
        {
            var (left, column) = (i, 0);
            for (var axis = digits.Length - 1; axis >= 0; left /= digits[axis--].Extent) column += left % digits[axis].Extent * digits[axis].Stride;
            scaled[i] = wide[i] * factor(column);
        }
        return scaled;
    }

    /// <summary>Two arrays after the other become one, the pair first whose product is smallest.</summary>
    private double[] Contracted(List<(string Letters, double[] Numbers)> arrays, string to)
    {
        var open = new string([.. to.Where(letter => !arrays.Exists(a => a.Letters.Contains(letter, StringComparison.Ordinal)))]);
        if (open != "") arrays.Add((open, [.. Enumerable.Repeat(1.0, Size(open))]));
        while (arrays.Count > 1)
        {
            var (first, second, kept) = (from i in Enumerable.Range(0, arrays.Count) from j in Enumerable.Range(0, i) select (j, i, Kept(j, i))).MinBy(p => Size(p.Item3) - (double)arrays[p.i].Numbers.Length - arrays[p.j].Numbers.Length);
            var product = Pair(arrays[first], arrays[second], kept);
            arrays.RemoveAt(second);
            arrays[first] = product;
        }
        return Ordered(arrays[0].Numbers, arrays[0].Letters, to);

        string Kept(int one, int other) => new([.. arrays[one].Letters.Union(arrays[other].Letters).Where(letter => to.Contains(letter, StringComparison.Ordinal)
            || arrays.Where((_, i) => i != one && i != other).Any(a => a.Letters.Contains(letter, StringComparison.Ordinal)))]);
    }

    private (string Letters, double[] Numbers) Pair((string Letters, double[] Numbers) a, (string Letters, double[] Numbers) b, string kept)
    {
        string Only(IEnumerable<char> letters) => new([.. letters]);
        // What one of them has alone and nobody asks for is summed first.
        (a, b) = (Summed(a, Only(a.Letters.Where(l => kept.Contains(l) || b.Letters.Contains(l)))), Summed(b, Only(b.Letters.Where(l => kept.Contains(l) || a.Letters.Contains(l)))));
        var (batch, summed) = (Only(a.Letters.Where(l => b.Letters.Contains(l) && kept.Contains(l))), Only(a.Letters.Where(l => b.Letters.Contains(l) && !kept.Contains(l))));
        var (left, right) = (Only(a.Letters.Except(b.Letters)), Only(b.Letters.Except(a.Letters)));
        var (x, y) = (Ordered(a.Numbers, a.Letters, batch + left + summed), Ordered(b.Numbers, b.Letters, batch + summed + right));
        var (count, rows, depth, columns) = (Size(batch), Size(left), Size(summed), Size(right));
        if (batch.Length == 0) return (left + right, Matrices.Product(x, y, rows, depth, columns));
        var product = new double[(long)count * rows * columns];
        Parallel.For(0, count, i => Matrices.Product(x[(i * rows * depth)..((i + 1) * rows * depth)], y[(i * depth * columns)..((i + 1) * depth * columns)], rows, depth, columns).CopyTo(product, i * rows * columns));
        return (batch + left + right, product);
    }

    private (string, double[]) Summed((string Letters, double[] Numbers) a, string kept)
    {
        if (kept.Length == a.Letters.Length) return a;
        var gone = new string([.. a.Letters.Except(kept)]);
        var (ordered, sums, size) = (Ordered(a.Numbers, a.Letters, kept + gone), new double[Size(kept)], Size(gone));
        for (var i = 0; i < ordered.Length; i++) sums[i / size] += ordered[i];
        return (kept, sums);
    }

    /// <summary>The same numbers with axes in another order.</summary>
    private double[] Ordered(double[] numbers, string from, string to)
    {
        if (from == to) return numbers;
        // Where letters are summed that no other array has, there is nothing to multiply.
        if (from.Length > to.Length) return Summed((from, numbers), to).Item2;
        var (strides, ordered) = (Strides(from), new double[numbers.Length]);
        var digits = to.Select(letter => (Extent: Extents[letter], Stride: strides[from.IndexOf(letter)])).ToArray();
        var last = digits[^1];
        Parallel.For(0, numbers.Length / last.Extent, row =>
        {
            var (left, place) = (row, 0);
            for (var axis = digits.Length - 2; axis >= 0; left /= digits[axis--].Extent) place += left % digits[axis].Extent * digits[axis].Stride;
            for (var i = 0; i < last.Extent; i++) ordered[row * last.Extent + i] = numbers[place + i * last.Stride];
        });
        return ordered;
    }

    private int[] Strides(string letters)
    {
        var (strides, stride) = (new int[letters.Length], 1);
        for (var axis = letters.Length - 1; axis >= 0; stride *= Extents[letters[axis--]]) strides[axis] = stride;
        return strides;
    }

    private int Size(string letters) => letters.Aggregate(1, (size, letter) => checked(size * Extents[letter]));
}
