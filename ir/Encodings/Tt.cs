using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// A matrix as a train of small arrays, a matrix product operator: <c>tt outputs=[8, 12] inputs=[8, 12] rank=16 (f16)</c>. Outputs and inputs are cut into digits, the last of which are what is left;
/// an array for each pair of digits, the next joined to it by as many sums as the rank (the bond). With one digit cut off it is <see cref="Kronecker"/>.
/// Novikov and others, Tensorizing Neural Networks (2015); CompactifAI (2024).
/// </summary>
/// <param name="Outputs">Digits of outputs, the slowest first, without the last.</param>
/// <param name="Inputs">Digits of inputs, as many.</param>
/// <param name="Rank">As of <see cref="Ranked"/>: the bond between neighbours, smaller where fewer give anything.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>Found from the first array to the last, each by a singular value decomposition of what is left (Oseledets, Tensor-Train Decomposition, 2011).</remarks>
[EncodingExample("tt outputs=[1, 1] inputs=[1, 2] rank=1 (f32)", "tt outputs=[2, 1] inputs=[1, 1] rank=1 axis=1 input=0 (f16)")]
public sealed record Tt(Seq<long> Outputs, Seq<long> Inputs, long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    public Seq<long> Outputs { get; } = Outputs.Count is >= 1 and <= 6 && Outputs.All(n => n > 0) ? Outputs : throw new TypeException($"outputs are cut into 1 to 6 digits of at least 1 and what is left, not {Outputs}");

    public Seq<long> Inputs { get; } = Inputs.Count == Outputs.Count && Inputs.All(n => n > 0) ? Inputs : throw new TypeException($"there are {Outputs.Count} digits of outputs, {Inputs} of inputs");

    public override long Full(Shape shape) => Cuts(shape, long.MaxValue).Max();

    protected override string Subject(Shape shape) => Digits(shape) is var (outputs, inputs) ? $"a matrix of {string.Join('·', outputs)} outputs by {string.Join('·', inputs)}" : "";

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var ((outputs, inputs), bonds) = (Digits(shape), Bonds(shape));
        return [.. outputs.Select((o, i) => Factor(Core(i), [bonds[i], o, inputs[i], bonds[i + 1]], 2, 1))];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var ((outputs, inputs), bonds) = (Digits(shape), Bonds(shape));
        var (o, i) = (Places(at[Axis], outputs), Places(Column(shape, at), inputs));
        return Expr.Sum([.. bonds[1..^1].Select(bond => (Expr)bond)], k => Enumerable.Range(0, outputs.Length).Select(c => factor(Core(c), [c == 0 ? 0 : k[c - 1], o[c], i[c], c == outputs.Length - 1 ? 0 : k[c]])).Aggregate((product, number) => product * number));
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var ((outputs, inputs), bonds) = (Digits(shape), Bonds(shape));
        var (left, cores) = (Rearranged(numbers, shape), new List<float[]>());
        for (var core = 0; core + 1 < outputs.Length; core++)
        {
            var rows = bonds[core] * outputs[core] * inputs[core];
            var (u, v) = TruncatedSvd.Of(left, rows, left.Length / rows, bonds[core + 1]);
            cores.Add([.. u.Select(n => (float)n)]);
            left = v;
        }
        return [.. cores, [.. left.Select(n => (float)n)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((outputs, inputs), bonds, product) = (Digits(shape), Bonds(shape), (double[])[1]);
        foreach (var (core, factor) in factors.Index()) product = Matrices.Product(product, [.. factor.Select(n => (double)n)], product.Length / bonds[core], bonds[core], factor.Length / bonds[core]);
        // Pairs of digits back to outputs and inputs.
        var ((rows, columns), numbers) = (Sides(shape), new float[shape.Aggregate(1, (size, extent) => size * (int)extent.Whole)]);
        for (var o = 0; o < rows; o++) for (var i = 0; i < columns; i++) numbers[Place(shape, o, i)] = (float)product[Joined(o, i, outputs, inputs)];
        return numbers;
    }

    public override TensorNetwork? Network(Shape shape)
    {
        if (Unserved(shape) is not null) return null;
        var ((outputs, inputs), bonds) = (Digits(shape), Bonds(shape));
        var (made, read, joined) = (Letters('N', 0, outputs.Length), Letters('A', 0, outputs.Length), Letters('a', 0, bonds.Length));
        return TensorNetwork.Of([.. outputs.Select((_, core) => $"{joined[core]}{made[core]}{read[core]}{joined[core + 1]}")], made + read, outputs.Length,
            [.. made.Zip(outputs, (letter, extent) => (letter, (long)extent)), .. read.Zip(inputs, (letter, extent) => (letter, (long)extent)), .. joined.Zip(bonds, (letter, extent) => (letter, (long)extent))]);
    }

    /// <summary>From the last array to the first: digits of inputs are summed, those of outputs come in their place.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var shape = product.Weight.Type.Shape;
        var (outputs, inputs) = Digits(shape);
        if (Unserved(shape) is not null || product.Divided(Input, [.. inputs.Select(n => (Expr)n)], ".digits") is not { } x) return null;
        var last = inputs.Length - 1;
        for (var core = last; core >= 0; core--)
        {
            // Inputs that are not read yet, the bond, outputs that are made already.
            var (unread, made, input, output) = (Letters('A', 0, core), Letters('N', core + 1, last + 1), (char)('A' + core), (char)('N' + core));
            x = product.Mix(x, $"{unread}{input}{(core == last ? "" : "Y")}{made}", factor(Core(core)), $"X{output}{input}Y", $"{unread}X{output}{made}", $".core{core}");
        }
        return product.Joined(x, ".product");
    }

    public override string? Unserved(Shape shape)
    {
        if (!IsMatrix(shape)) return $"{this} is for matrices, {shape} has more axes than those of outputs and inputs";
        var (outputs, inputs) = Digits(shape);
        return Product(outputs) == shape[Axis].Whole && Product(inputs) == shape[Input].Whole ? null : $"{shape[Axis]} outputs by {shape[Input]} inputs are no multiples of {Product(outputs[..^1])} by {Product(inputs[..^1])}";
    }

    private static string Core(int place) => $"core{place}";

    private static string Letters(char first, int begin, int end) => string.Concat(Enumerable.Range(begin, end - begin).Select(i => (char)(first + i)));

    private static long Product(IEnumerable<int> digits) => digits.Aggregate(1L, (product, digit) => product * digit);

    /// <summary>All digits, the last of which are what is left; together they may be more than there are outputs and inputs.</summary>
    private (int[] Outputs, int[] Inputs) Digits(Shape shape)
    {
        int[] All(Seq<long> first, int extent) => first.Aggregate(1L, (product, digit) => product * digit) is var size ? [.. first.Select(digit => (int)digit), (int)((extent + size - 1) / size)] : [];
        return Sides(shape) is var (outputs, columns) ? (All(Outputs, outputs), All(Inputs, columns)) : default;
    }

    /// <summary>The bonds in front of each array and behind the last.</summary>
    private int[] Bonds(Shape shape) => [1, .. Cuts(shape, Checked(shape)).Select(bond => (int)bond), 1];

    /// <summary>The bond at each cut: what a side can tell apart, at most as many as are asked for.</summary>
    private List<long> Cuts(Shape shape, long most)
    {
        var (outputs, inputs) = Digits(shape);
        var (cuts, before, behind) = (new List<long>(), 1L, outputs.Zip(inputs).Aggregate(1L, (product, pair) => product * pair.First * pair.Second));
        foreach (var (o, i) in outputs.Zip(inputs).SkipLast(1))
        {
            behind /= (long)o * i;
            cuts.Add(before = Math.Min(most, Math.Min(before * o * i, behind)));
        }
        return cuts;
    }

    private static Expr[] Places(Expr index, int[] digits) => [.. digits.Select((digit, i) => Linear.Simplify(Linear.Simplify(index / Product(digits[(i + 1)..])) % digit))];

    /// <summary>Where a number lies in the array of all pairs of digits.</summary>
    private static int Joined(int output, int input, int[] outputs, int[] inputs)
    {
        var (place, size) = (0, 1);
        for (var core = outputs.Length - 1; core >= 0; core--)
        {
            place += (output % outputs[core] * inputs[core] + input % inputs[core]) * size;
            (output, input, size) = (output / outputs[core], input / inputs[core], size * outputs[core] * inputs[core]);
        }
        return place;
    }

    private double[] Rearranged(ReadOnlySpan<float> numbers, Shape shape)
    {
        var ((rows, columns), (outputs, inputs)) = (Sides(shape), Digits(shape));
        var all = new double[Product(outputs) * Product(inputs)];
        for (var o = 0; o < rows; o++) for (var i = 0; i < columns; i++) all[Joined(o, i, outputs, inputs)] = numbers[Place(shape, o, i)];
        return all;
    }
}
