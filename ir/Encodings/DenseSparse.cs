using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>A matrix of outputs by everything else as a dense matrix times a sparse one: <c>dense_sparse 2:4 rank=192 (f16)</c>, <c>dense_sparse 4x1 rank=384 keep=0.2 (f16)</c>. As DSFormer (2023) has it, with any pattern.</summary>
/// <param name="Pattern">Which numbers of S are kept together, as of <see cref="Sparse"/>; its outputs are the columns of D.</param>
/// <param name="Rank">As of <see cref="Ranked"/>: columns of D, rows of S, which lies as the weight does.</param>
/// <param name="Keep">As of <see cref="Sparse"/>.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">How D and the numbers of S that are kept are stored.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>
/// The rank may be several times that of <see cref="Lowrank"/> of the same bytes: each input has a few directions of its own among many. Fitted in turns: rows of S take a step downhill and keep the largest
/// (iterated hard thresholding, Blumensath and Davies, 2008), D is solved for by least squares; neither ever loses more than before.
/// </remarks>
[EncodingExample("dense_sparse 2:4 rank=1 (f32)", "dense_sparse 2x1 rank=1 keep=0.5 axis=1 input=0 (f16)")]
public sealed record DenseSparse(SparsePattern Pattern, long? Rank = null, double Keep = 1, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    /// <summary>Rounds of the fit, and steps of S in each.</summary>
    private const int Rounds = 16, Steps = 4;

    public double Keep { get; } = Keep is > 0 and <= 1 ? Keep : throw new TypeException($"the share that is kept is above 0 and at most 1, it is {RecordText.Show(Keep)}");

    public override string Fitting => "alternating least squares";

    public override long Full(Shape shape) => Sides(shape) is var (outputs, columns) ? Math.Min(outputs, columns) : 0;

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var rank = Checked(shape);
        return [Factor("d", [shape[Axis], rank], 1, 0), new("s", new(Low(shape, rank), Sparsely(shape)))];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Expr.Sum([Checked(shape)], k => factor("d", [at[Axis], k[0]]) * factor("s", at.With(Axis, k[0])));

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var ((outputs, columns), rank) = (Sides(shape), Checked(shape));
        var (w, low, sparse) = (Matrix(numbers, shape), Low(shape, rank), new Sparse(Pattern, Keep, Axis, Input));
        // Directions of the nearest product, each as large in D as in S.
        var (d, s) = TruncatedSvd.Of(w, outputs, columns, rank);
        s = Kept(s);
        d = LeastSquares.Left(w, s, outputs, rank, columns);
        for (var round = 0; round < Rounds; round++)
        {
            Scaled(d, s);
            var turned = Matrices.Turned(d, outputs, rank);
            var (gram, aim) = (Matrices.Product(turned, d, rank, outputs, rank), Matrices.Product(turned, w, rank, outputs, columns));
            // A step as long as the steepest direction allows; none where there is nothing to fit.
            var steepest = LeadingEigen.Of((double[])gram.Clone(), rank, 1).Values[0];
            var step = steepest > 1e-300 ? 1 / steepest : 0;
            for (var i = 0; i < Steps; i++)
            {
                var image = Matrices.Product(gram, s, rank, rank, columns);
                for (var n = 0; n < s.Length; n++) image[n] = s[n] + step * (aim[n] - image[n]);
                s = Kept(image);
            }
            d = LeastSquares.Left(w, s, outputs, rank, columns);
        }
        return [[.. d.Select(n => (float)n)], Natural(s, low)];

        double[] Kept(double[] all)
        {
            var natural = Natural(all, low);
            var mask = sparse.Mask(natural, low);
            for (var i = 0; i < natural.Length; i++) if (!mask[i]) natural[i] = 0;
            return Matrix(natural, low);
        }

        // Columns of D get length 1, so that no direction of S is stepped along faster than others.
        void Scaled(double[] d, double[] s)
        {
            for (var r = 0; r < rank; r++)
            {
                var norm = 0.0;
                for (var o = 0; o < outputs; o++) norm += d[o * rank + r] * d[o * rank + r];
                if (norm == 0) continue;
                norm = Math.Sqrt(norm);
                for (var o = 0; o < outputs; o++) d[o * rank + r] /= norm;
                for (var c = 0; c < columns; c++) s[r * columns + c] *= norm;
            }
        }
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape) => Mixed(factors[0], factors[1], Checked(shape), shape);

    public override TensorNetwork? Network(Shape shape) => TensorNetwork.Of(["OR", Letters(shape, 'R', 'I')], $"O{Letters(shape, 'O', 'I').Replace("O", "", StringComparison.Ordinal)}", shape.Count - 1,
        [('O', shape[Axis].Whole), ('I', shape[Input].Whole), ('R', Checked(shape)), .. Taps(shape)]);

    /// <summary>What S does not keep stays 0.</summary>
    protected override Func<int, int, bool>? Free(Seq<float[]> factors) => (factor, number) => factor == 0 || factors[1][number] != 0;

    public override Value? Contract(WeightProduct product, Func<string, Value> factor) => product.Channels(product.Same(factor("s"), ".sparse"), factor("d"), ".product");

    private Sparse Sparsely(Shape shape) => new(Pattern, Keep, Axis, Input, Inner is Grouped grouped ? grouped.Placed(Input, Axis, shape.Count) : Inner);
}
