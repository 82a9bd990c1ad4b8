using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// Codes of <see cref="Vq"/> for a weight: each vector to the nearest of its books, or, where it is known what the weight is multiplied by, one column of vectors after
/// another, each error made up for by the columns that follow (GPTVQ, van Baalen and others, 2024; VPTQ, Liu and others, 2024).
/// </summary>
internal static class VectorWeights
{
    /// <summary>Columns whose errors are carried to the rest together.</summary>
    private const int Block = 128;

    /// <param name="method">Nearest vectors, or error feedback.</param>
    /// <returns>The planes, and the method that chose them: nearest vectors where feedback loses more on the calibration data.</returns>
    public static (Seq<Bytes> Planes, QuantizeMethod Method) Choose(MeasuredLayer layer, Vq format, Quantize options, QuantizeMethod method)
    {
        var book = VectorBook.Fit(format, layer.Numbers, layer.Importance(), layer.Shape);
        if (method == QuantizeMethod.Rtn) return (book.Nearest(), method);
        var (codes, vectors) = (new int[book.Partition.Count * format.Stages], Vectors(book.Partition, format, layer.Numbers.Length));
        foreach (var (group, rows) in layer.RowGroups) Follow(layer, format, options, book, vectors, rows, layer.Hessian(group), codes);
        // Books were fitted to the numbers as they were: where they are too few for others, the nearest vectors lose less.
        Seq<Bytes> followed = book.Planes(codes, Scales(layer, book, codes)), nearest = book.Nearest();
        return Error(followed) <= Error(nearest) ? (followed, method) : (nearest, QuantizeMethod.Rtn);

        double Error(Seq<Bytes> planes) => layer.OutputError(Decoded.Of(new(layer.Use.Weight.Name, layer.Use.Weight.Type.With(format), planes)))!.Value;
    }

    /// <summary>The scale of each row at which the layer's output is nearest: (q·H·w) / (q·H·q) for codes that stand for q.</summary>
    private static float[] Scales(MeasuredLayer layer, VectorBook book, int[] codes)
    {
        var (matrix, unscaled, partition) = (layer.Matrix!, book.Unscaled(codes), book.Partition);
        var sums = new (double Both, double Own)[partition.Rows];
        foreach (var (group, rows) in layer.RowGroups)
        {
            var h = layer.Hessian(group);
            // q·H·w = ((q + w)·H·(q + w) - q·H·q - w·H·w) / 2
            double[] q = Energy(place => unscaled[place]), w = Energy(place => layer.Numbers[place]), sum = Energy(place => unscaled[place] + (double)layer.Numbers[place]);
            for (var r = 0; r < rows.Length; r++)
            {
                var row = partition.Row(matrix.Row[rows[r]]);
                sums[row] = (sums[row].Both + (sum[r] - q[r] - w[r]) / 2, sums[row].Own + q[r]);
            }
            double[] Energy(Func<int, double> number) => MeasuredLayer.Energy(layer.Rows(rows, number), rows.Length, h, matrix.Columns);
        }
        return [.. sums.Select((s, row) => s.Own > 0 && s.Both > 0 ? (float)(s.Both / s.Own) : book.Scale(row))];
    }

    /// <summary>The vector that begins at each number; -1 where none does.</summary>
    private static int[] Vectors(VectorPartition partition, Vq format, int numbers)
    {
        var all = new int[numbers];
        Array.Fill(all, -1);
        Span<int> places = stackalloc int[format.Dim];
        for (var v = 0; v < partition.Count; v++)
        {
            partition.Members(v, places);
            all[places[0]] = v;
        }
        return all;
    }

    private static unsafe void Follow(MeasuredLayer layer, Vq format, Quantize options, VectorBook book, int[] vectors, int[] rows, double[] hessian, int[] codes)
    {
        var (matrix, size) = (layer.Matrix!, layer.Matrix!.Columns);
        // Columns of one vector lie side by side: it begins where the weight says so, and ends before the next.
        var starts = Enumerable.Range(0, size).Where(c => vectors[matrix.Row[rows[0]] + matrix.Column[c]] >= 0).ToList();
        var runs = starts.Select((start, i) => (Start: start, End: i + 1 < starts.Count ? starts[i + 1] : size)).ToList();
        if (options.ActOrder) runs = [.. runs.OrderByDescending(run => Enumerable.Range(run.Start, run.End - run.Start).Sum(c => hessian[(long)c * size + c]))];
        int[] order = [.. runs.SelectMany(run => Enumerable.Range(run.Start, run.End - run.Start))];
        var feedback = GptqRounding.Feedback(hessian, size, order, options.Damping, layer);
        var work = new double[(long)rows.Length * size];
        for (var r = 0; r < rows.Length; r++) for (var j = 0; j < size; j++) work[(long)r * size + j] = layer.Numbers[matrix.Row[rows[r]] + matrix.Column[order[j]]];
        var errors = new double[(long)(Block + format.Dim) * rows.Length];
        fixed (double* w = work, u = feedback, e = errors)
        {
            for (int begin = 0, run = 0; begin < size;)
            {
                var (start, from) = (begin, run);
                for (; run < runs.Count && begin - start < Block; run++) begin += runs[run].End - runs[run].Start;
                var (end, to) = (begin, run);
                nint pw = (nint)w, pu = (nint)u, pe = (nint)e;
                Parallel.For(0, rows.Length, r =>
                {
                    double* row = (double*)pw + (long)r * size, own = (double*)pe;
                    Span<float> vector = stackalloc float[format.Dim], weights = stackalloc float[format.Dim], decoded = stackalloc float[format.Dim];
                    for (int at = from, j = start; at < to; at++)
                    {
                        var length = runs[at].End - runs[at].Start;
                        var v = vectors[matrix.Row[rows[r]] + matrix.Column[runs[at].Start]];
                        var scale = book.Scale(book.Partition.Row(matrix.Row[rows[r]]));
                        vector.Clear();
                        weights.Clear();
                        for (var i = 0; i < length; i++)
                        {
                            var diagonal = ((double*)pu)[(long)(j + i) * size + j + i];
                            (vector[i], weights[i]) = ((float)(row[j + i] / scale), (float)(1 / (diagonal * diagonal)));
                        }
                        book.Choose(vector, weights, codes.AsSpan(v * format.Stages, format.Stages), decoded);
                        for (var i = 0; i < length; i++, j++)
                        {
                            // What the columns of the vector before it make up for is in it already: only its own error is left.
                            var next = (double*)pu + (long)j * size;
                            var error = (row[j] - decoded[i] * scale) / next[j];
                            own[(j - start) * (long)rows.Length + r] = error;
                            for (var t = j + 1; t < end; t++) row[t] -= error * next[t];
                        }
                    }
                });
                if (end < size) Products.Add(e, rows.Length, u + (long)start * size + end, size, w + end, size, rows.Length, size - end, end - start, -1);
            }
        }
    }
}
