namespace Lathe.Ir;

/// <summary>The books and scales of one weight in <see cref="Vq"/>, fitted to its numbers.</summary>
public sealed class VectorBook
{
    /// <summary>Vectors that books are fitted to: more of them change little and take long.</summary>
    private const int MostFitted = 1 << 15;

    /// <summary>Always as many, so that sums round alike however many processors there are.</summary>
    private const int Parts = 16;

    private const int Rounds = 16;

    private readonly Vq format;
    private readonly VectorPartition partition;
    private readonly float[] numbers, importance, scales;
    private readonly VectorStage[] stages;

    private VectorBook(Vq format, float[] numbers, float[] importance, Shape shape)
    {
        (this.format, this.numbers, this.importance, partition) = (format, numbers, importance, new(format, shape));
        scales = Scales();
        var (vectors, weights) = Fitted();
        stages = new VectorStage[format.Stages];
        for (var stage = 0; stage < stages.Length; stage++) stages[stage] = VectorStage.Fit(vectors, weights, format.Dim, 1 << format.Bits, Rounds, Parts);
    }

    /// <param name="importance">How much the error of each number counts; empty: all alike.</param>
    public static VectorBook Fit(Vq format, float[] numbers, float[] importance, Shape shape) => new(format, numbers, importance, shape);

    /// <summary>Vectors of the weight in the order of their codes.</summary>
    public VectorPartition Partition => partition;

    /// <summary>The scale of a row, as it reads back.</summary>
    public float Scale(int row) => scales[row];

    /// <summary>What codes stand for before scales, in the weight's own order.</summary>
    public float[] Unscaled(int[] codes)
    {
        var all = new float[numbers.Length];
        Span<int> places = stackalloc int[format.Dim];
        for (var v = 0; v < partition.Count; v++)
        {
            var (_, length) = partition.Members(v, places);
            for (var stage = 0; stage < stages.Length; stage++)
                for (var i = 0; i < length; i++) all[places[i]] += stages[stage].Entry(codes[v * stages.Length + stage])[i];
        }
        return all;
    }

    /// <summary>The codes of one vector, book after book, and what they stand for.</summary>
    /// <param name="vector">Over its row's scale; ends as what is left.</param>
    /// <param name="weights">How much each number counts.</param>
    public void Choose(Span<float> vector, ReadOnlySpan<float> weights, Span<int> codes, Span<float> decoded)
    {
        decoded.Clear();
        for (var stage = 0; stage < stages.Length; stage++)
        {
            codes[stage] = stages[stage].Nearest(vector, weights);
            var entry = stages[stage].Entry(codes[stage]);
            for (var i = 0; i < vector.Length; i++) (vector[i], decoded[i]) = (vector[i] - entry[i], decoded[i] + entry[i]);
        }
    }

    /// <summary>The planes with each vector as the nearest there is, and scales of least squares.</summary>
    public Seq<Bytes> Nearest()
    {
        var (codes, sums, parts) = (new int[partition.Count * stages.Length], new (double Both, double Own)[partition.Rows], new (double Both, double Own)[Parts][]);
        Parallel.For(0, Parts, part =>
        {
            Span<int> places = stackalloc int[format.Dim];
            Span<float> vector = stackalloc float[format.Dim], weights = stackalloc float[format.Dim], decoded = stackalloc float[format.Dim];
            var own = new (double Both, double Own)[partition.Rows];
            for (var v = (int)((long)partition.Count * part / Parts); v < (long)partition.Count * (part + 1) / Parts; v++)
            {
                var row = Read(v, places, vector, weights);
                Choose(vector, weights, codes.AsSpan(v * stages.Length, stages.Length), decoded);
                for (var i = 0; i < format.Dim; i++) if (weights[i] > 0) own[row] = (own[row].Both + (double)weights[i] * decoded[i] * numbers[places[i]], own[row].Own + (double)weights[i] * decoded[i] * decoded[i]);
            }
            parts[part] = own;
        });
        foreach (var part in parts) for (var row = 0; row < sums.Length; row++) sums[row] = (sums[row].Both + part[row].Both, sums[row].Own + part[row].Own);
        var fitted = sums.Select((s, row) => s.Own > 0 && s.Both > 0 ? (float)(s.Both / s.Own) : scales[row]).ToArray();
        return Planes(codes, fitted);
    }

    /// <summary>The planes of chosen codes.</summary>
    /// <param name="codes">One for each stage of each vector.</param>
    /// <param name="chosen">A scale for each row.</param>
    public Seq<Bytes> Planes(int[] codes, float[] chosen) => [.. format.Code.Pack(codes), Numbers.Pack(format.Scales, chosen), Bytes.Of<float>([.. stages.SelectMany(stage => stage.Entries)])];

    /// <summary>The root of the mean square of each row, as its kind holds it.</summary>
    private float[] Scales()
    {
        var (squares, counts) = (new double[partition.Rows], new long[partition.Rows]);
        Span<int> places = stackalloc int[format.Dim];
        for (var v = 0; v < partition.Count; v++)
        {
            var (row, length) = partition.Members(v, places);
            foreach (var place in places[..length]) (squares[row], counts[row]) = (squares[row] + (double)numbers[place] * numbers[place], counts[row] + 1);
        }
        var exact = squares.Zip(counts, (sum, count) => sum > 0 ? (float)Math.Sqrt(sum / count) : 1).ToArray();
        var rounded = Numbers.Unpack(format.Scales, Numbers.Pack(format.Scales, exact), exact.Length);
        return [.. rounded.Select(scale => scale > 0 && double.IsFinite(scale) ? (float)scale : 1)];
    }

    /// <summary>Vectors over their scales, evenly from all of the weight, and how much each number counts.</summary>
    private (float[] Vectors, float[] Weights) Fitted()
    {
        var count = Math.Min(partition.Count, MostFitted);
        var (vectors, weights) = (new float[count * format.Dim], new float[count * format.Dim]);
        Span<int> places = stackalloc int[format.Dim];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * format.Dim, format.Dim);
            var weight = weights.AsSpan(i * format.Dim, format.Dim);
            var row = Read((int)((long)partition.Count * i / count), places, vector, weight);
            // An error counts as often as the row's scale makes it large.
            for (var j = 0; j < format.Dim; j++) weight[j] *= scales[row] * scales[row];
        }
        return (vectors, weights);
    }

    private int Read(int v, Span<int> places, Span<float> vector, Span<float> weights)
    {
        var (row, length) = partition.Members(v, places);
        for (var i = 0; i < format.Dim; i++) (vector[i], weights[i]) = i < length ? (numbers[places[i]] / scales[row], importance.Length == 0 ? 1 : importance[places[i]]) : (0, 0);
        return row;
    }
}
