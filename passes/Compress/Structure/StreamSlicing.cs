using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// A graph whose normalized sums are kept as coordinates along fewer directions: what makes their terms and what reads them takes the turn into its weights, normalizations
/// run over the coordinates, and between sums of different directions stands a small product. Ashkboos and others, SliceGPT (2024).
/// </summary>
internal sealed class StreamSlicing(Graph graph, IReadOnlyList<StreamPoint> points)
{
    /// <summary>A value as coordinates: v = z·B + r, of which only z is computed.</summary>
    /// <param name="Back">B, width × D.</param>
    /// <param name="Rest">r.</param>
    /// <param name="Factor">What columns of B were multiplied by, beside directions of length 1.</param>
    private sealed record Reduced(Value Value, double[] Back, double[] Rest, double[] Factor)
    {
        public int Full => Rest.Length;
        public int Width => Back.Length / Full;
    }

    private readonly Surroundings names = new(graph);
    private readonly GraphBuilder build = new(graph.Name, graph.Inputs);
    private readonly Dictionary<Value, Reduced> reduced = [];
    private readonly Dictionary<Value, Value> whole = [];
    private readonly Dictionary<int, Value> ones = [];
    private readonly Dictionary<Value, Node> makers = graph.Makers;
    private readonly ILookup<Value, Node?> readers = graph.Readers;
    private readonly List<LayerLoss> losses = [];

    /// <summary>What became of weights: of each the share that lies in other directions is gone.</summary>
    public IReadOnlyList<LayerLoss> Losses => losses;

    public Graph Run()
    {
        foreach (var guard in graph.Guards) build.Check(guard);
        var sums = points.ToDictionary(p => p.Sum);
        var inside = points.SelectMany(p => p.Inside).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        var norms = points.SelectMany(p => p.Norms.Select(n => (Point: p, Norm: n))).ToList();
        var between = norms.SelectMany(n => n.Norm.Steps).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var input in graph.Inputs) if (sums.TryGetValue(input, out var point)) Enter(point);
        foreach (var node in graph.Nodes)
        {
            if (sums.TryGetValue(node.Result, out var point)) Enter(point);
            else if (between.Contains(node))
            {
                foreach (var (of, norm) in norms.Where(n => n.Norm.Steps.First(s => n.Norm.Results.Any(r => s.Results.Contains(r.Value))) == node)) Normalize(of, norm);
            }
            else if (!inside.Contains(node)) Step(node);
        }
        return build.Return([.. graph.Outputs.Select(Whole)]);
    }

    /// <summary>A sum's coordinates, from those of its terms.</summary>
    private void Enter(StreamPoint point)
    {
        var (made, constant, across) = (new List<Value>(), new double[point.Kept], point.Across);
        foreach (var term in point.Terms)
        {
            var (value, row) = Turned(term, point, across);
            if (value is not null) made.Add(value);
            if (row is not null) for (var i = 0; i < row.Length; i++) constant[i] += row[i];
        }
        var name = point.Sum.Name;
        if (constant.Any(c => c != 0)) made.Add(Constants.Of(names.Fresh(name + ".row"), new([point.Kept], Scalar.F32), constant));
        var sum = made[0];
        for (var i = 1; i < made.Count; i++) sum = build.Add(i == made.Count - 1 && !names.IsOutput(point.Sum) ? name : names.Fresh(name + ".part"), new Add(), sum, made[i]);
        reduced[point.Sum] = new(sum, point.Directions, point.Rest(point.Mean), [.. Enumerable.Repeat(1.0, point.Full)]);
    }

    /// <summary>A term times the directions: what a run makes of it, and a row that is known.</summary>
    private (Value? Made, double[]? Row) Turned(Value term, StreamPoint point, double[] across)
    {
        var (full, kept) = (point.Full, point.Kept);
        if (reduced.TryGetValue(term, out var z))
        {
            var turn = Matrices.Product(z.Back, across, z.Width, full, kept);
            return (point.Keeps(turn) ? z.Value : Product(names.Fresh(point.Sum.Name + ".turned"), z.Value, Constants.Of(names.Fresh(point.Sum.Name + ".turn"), new([z.Width, kept], Scalar.F32), turn)), Matrices.Product(z.Rest, across, 1, full, kept));
        }
        if (term.IsWeight)
        {
            var numbers = Matrices.Product(StreamProduct.Numbers(term, readers[term].First()!), across, (int)(term.Type.Count / full), full, kept);
            return term.Type.Count == full && point.Terms.Any(t => t != term && t.Type.Rank == point.Sum.Type.Rank) ? (null, numbers) : (Constants.Of(names.Renewed(term, term.Name + ".turned"), new([.. term.Type.Shape.SkipLast(1), kept], Scalar.F32), numbers), null);
        }
        var maker = makers.GetValueOrDefault(term);
        if (maker is not null && point.Inside.Contains(maker) && StreamProduct.Of(maker) is { } product)
        {
            var (data, matrix, row, square) = Data(product);
            return (Product(Renewed(term), data, Weight(maker, product.Weight, Matrices.Product(matrix, across, matrix.Length / full, full, kept), kept, square)), row is null ? null : Matrices.Product(row, across, 1, full, kept));
        }
        if (maker is not null && point.Inside.Contains(maker) && StreamProduct.Rows(maker) is { } table)
        {
            var numbers = Matrices.Product(StreamProduct.Numbers(table, maker), across, (int)table.Type.Shape[0].Whole, full, kept);
            return (build.Add(Renewed(term), maker.Op, Weight(maker, table, numbers, kept, Square(StreamProduct.Numbers(table, maker))), Whole(maker.Operands[1]!)), null);
        }
        if (maker is not null && term == point.Sum) Step(maker);
        return (Product(names.Fresh(term.Name + ".turned"), Whole(term), Constants.Of(names.Fresh(point.Sum.Name + ".turn"), new([full, kept], Scalar.F32), across)), null);
    }

    /// <summary>n = z / √(|z|² / (D·share) + ε), as a normalization of z alone; what was left out is the share's.</summary>
    private void Normalize(StreamPoint point, Normalization norm)
    {
        var (z, scale) = (reduced[point.Sum], point.Full * point.Share / point.Kept);
        if (!ones.TryGetValue(point.Kept, out var one)) ones[point.Kept] = one = Constants.Of(names.Fresh(point.Sum.Name + ".ones"), new([point.Kept], Scalar.F32), [.. Enumerable.Repeat(1.0, point.Kept)]);
        var normal = build.Add(Renewed(norm.Results[0].Value), new RMSNormalization(-1, (float)(norm.Epsilon * scale)), z.Value, one);
        var rest = point.Rest(point.NormalMean);
        foreach (var (value, factor, shift) in norm.Results)
            reduced[value] = new(normal, [.. point.Directions.Select((v, i) => v * Math.Sqrt(scale) * factor[i % point.Full])], [.. rest.Select((v, i) => v * factor[i] + shift[i])], [.. factor.Select(f => f * Math.Sqrt(scale))]);
    }

    /// <summary>A step that is no part of what is sliced; it may read what is.</summary>
    private void Step(Node node)
    {
        if (StreamProduct.Of(node) is { } product && reduced.ContainsKey(product.Data))
        {
            var (data, matrix, row, square) = Data(product);
            var weight = Weight(node, product.Weight, matrix, product.Outputs, square);
            if (row is null || row.All(v => v == 0)) build.Add(new Node(new MatMul(), [data, weight], node.Results));
            else
            {
                var made = Product(names.Fresh(node.Result.Name + ".product"), data, weight);
                build.Add(new Node(new Add(), [made, Constants.Of(names.Fresh(node.Result.Name + ".row"), new([row.Length], Scalar.F32), row)], node.Results));
            }
        }
        else if (!Moved(node) && !Shaped(node)) build.Add(node.Map(v => node.Results.Contains(v) ? v : Whole(v)));
    }

    /// <summary>What a product reads, as it is now, the matrix that belongs to it, the row that is added, and the sum of squares that the matrix had in all directions.</summary>
    private (Value Data, double[] Matrix, double[]? Row, double Square) Data(StreamProduct product)
    {
        var matrix = product.Matrix();
        if (!reduced.TryGetValue(product.Data, out var z)) return (Whole(product.Data), matrix, product.Bias, Square(matrix));
        var row = Matrices.Product(z.Rest, matrix, 1, z.Full, product.Outputs);
        if (product.Bias is { } bias) for (var i = 0; i < row.Length; i++) row[i] += bias[i];
        return (z.Value, Matrices.Product(z.Back, matrix, z.Width, z.Full, product.Outputs), row, Square([.. matrix.Select((w, i) => w * z.Factor[i / product.Outputs])]));
    }

    /// <summary>A step that moves whole rows moves coordinates.</summary>
    private bool Moved(Node node)
    {
        if (CarriedRows.Of(node) is not { } from || !reduced.TryGetValue(from, out var z)) return false;
        try
        {
            var made = build.Add(Renewed(node.Result), node.Op, [.. node.Operands.Select(v => v == from ? z.Value : v is null ? null : Whole(v))]);
            if (!made.Type.Shape.SequenceEqual([.. node.Result.Type.Shape.SkipLast(1), z.Width])) throw new InvalidOperationException($"{node.Op.Name} moves more than rows");
            reduced[node.Result] = z with { Value = made };
            return true;
        }
        catch (TypeException) { return false; }
    }

    /// <summary>A step that asks for a size only: that of the coordinates, and what the last axis lacks.</summary>
    private bool Shaped(Node node)
    {
        if (node is not { Op: Ir.Ops.Shape { Start: 0, End: long.MaxValue }, Operands: [{ } of] } || !reduced.TryGetValue(of, out var z)) return false;
        var size = build.Add(names.Fresh(node.Result.Name + ".kept"), node.Op, z.Value);
        build.Add(new Node(new Add(), [size, Constants.Wholes(names.Fresh(node.Result.Name + ".more"), [.. Enumerable.Repeat(0L, of.Type.Rank - 1), z.Full - z.Width])], node.Results));
        return true;
    }

    /// <summary>A value for those who read it as it was.</summary>
    private Value Whole(Value value)
    {
        if (whole.TryGetValue(value, out var known)) return known;
        if (!reduced.TryGetValue(value, out var z)) return value;
        var back = Constants.Of(names.Fresh(value.Name + ".back"), new([z.Width, z.Full], Scalar.F32), z.Back);
        var (turned, row) = (Product(names.Fresh(value.Name + ".turned"), z.Value, back), Constants.Of(names.Fresh(value.Name + ".row"), new([z.Full], Scalar.F32), z.Rest));
        if (!names.IsOutput(value)) return whole[value] = build.Add(names.Fresh(value.Name + ".whole"), new Add(), turned, row);
        // What the model gives back keeps its name.
        build.Add(new Node(new Add(), [turned, row], [value]));
        return whole[value] = value;
    }

    private Value Product(string name, Value data, Value weight) => build.Add(name, new MatMul(), data, weight);

    /// <param name="square">The sum of squares that it had.</param>
    private Value Weight(Node node, Value old, double[] numbers, int columns, double square)
    {
        var weight = Constants.Of(names.Renewed(old, old.Name + ".turned"), new([numbers.Length / columns, columns], Scalar.F32), numbers);
        var share = square > 0 ? Math.Min(1, Square(numbers) / square) : 1;
        losses.Add(new(node.Result.Name, old.Name, old.Type, weight.Type, "slice", 1 - share, Math.Sqrt(share)));
        return weight;
    }

    private static double Square(double[] numbers) => numbers.Sum(n => n * n);

    private string Renewed(Value old) => names.Renewed(old, old.Name + ".kept");
}
