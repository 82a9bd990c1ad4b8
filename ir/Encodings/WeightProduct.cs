using Lathe.Ir.Ops;

namespace Lathe.Ir;

/// <summary>A step that multiplies a value with a weight and sums, and at most adds a bias: what it takes to do the same with factors of the weight. Read off the step's formula, never off its name.</summary>
public sealed class WeightProduct
{
    private readonly Seq<Value?> operands;
    private readonly Func<string, string> fresh;
    private readonly GraphBuilder build = new("product");

    private WeightProduct(Node node, Value weight, int channel, Value? bias, Seq<Value?> operands, Func<string, string> fresh) => (Node, Weight, Channel, Bias, this.operands, this.fresh) = (node, weight, channel, bias, operands, fresh);

    public Node Node { get; }
    public Value Weight { get; }

    /// <summary>The axis of the result that the weight's outputs lie along.</summary>
    public int Channel { get; }

    /// <summary>A constant that is added for each output; null where none is.</summary>
    public Value? Bias { get; }

    /// <param name="output">The weight's axis of outputs.</param>
    /// <param name="fresh">Makes a name that nothing has yet.</param>
    /// <returns>Null where the step is no such product: outputs are summed, or multiplied by columns of their own (groups of a convolution).</returns>
    public static WeightProduct? Of(Node node, Value weight, int output, Func<string, string> fresh)
    {
        if (node.Regions.Count > 0 || node.Result.Type is not { Encoding: Dense { Kind: Scalar.F32 }, Order: [] } || Formula.Of(node) is not { } formula || node.Operands.Count(v => v == weight) != 1) return null;
        if (formula.ReadsOf(weight).ToList() is not [{ Outside: null } read] || formula.Reduces.ToList() is not [{ Kind: ReduceKind.Sum } sum] || !sum.Parts().Contains(read)) return null;
        if (read.At[output] is not Axis channel || !formula.Axes.Contains(channel) || read.At.Count(e => e.Mentions(channel)) > 1) return null;
        if (sum.Parts().OfType<Load>().Any(load => load != read && load.Mentions(channel))) return null;
        var place = formula.Axes.Index().First(p => p.Item == channel).Index;
        if (IsSum(formula.Number)) return new(node, weight, place, null, node.Operands, fresh);
        if (formula.Number is not Binary { Operator: Operator.Add } both || (IsSum(both.A) ? both.B : IsSum(both.B) ? both.A : null) is not Load { Outside: null } added) return null;
        if (formula.Operand(added) is not { IsWeight: true, Type.Encoding: Dense { Kind: Scalar.F32 } } bias || added.At.Any(e => e != (Expr)channel && e is not Ir.Number) || bias.Type.Count != channel.Extent.Whole || formula.ReadsOf(bias).Count() != 1) return null;
        // Without the bias it must be the same sum.
        Seq<Value?> bare = [.. node.Operands.Select(v => v == bias ? null : v)];
        while (bare is [.., null]) bare = [.. bare.SkipLast(1)];
        try
        {
            var trial = new GraphBuilder("trial");
            trial.Add(node.Result.Name, node.Op, bare);
            return Formula.Of(trial.Nodes[0]) is { } without && IsSum(without.Number) && trial.Nodes[0].Result.Type == node.Result.Type ? new(node, weight, place, bias, bare, fresh) : null;
        }
        catch (TypeException) { return null; }
    }

    /// <summary>A sum, or a multiple of one.</summary>
    private static bool IsSum(Expr e) => e is Reduce { Kind: ReduceKind.Sum } || e is Binary { Operator: Operator.Multiply } m && (m.A is Reduce && m.B is Ir.Number || m.B is Reduce && m.A is Ir.Number);

    /// <summary>Whether the sum is as it is and no multiple.</summary>
    private static bool IsPlain(Expr e) => e is Reduce || e is Binary { Operator: Operator.Add } both && (both.A is Reduce || both.B is Reduce);

    /// <summary>The same step over another weight, without bias.</summary>
    /// <param name="suffix">Behind the result's name.</param>
    /// <param name="x">What is multiplied; as it is if none is given.</param>
    public Value Same(Value other, string suffix, Value? x = null) => Add(suffix, Node.Op, [.. operands.Select(v => v == Weight ? other : x is not null && v == Multiplied.Value ? x : v)]);

    /// <summary>What the weight multiplies, and where it is read.</summary>
    private (Value Value, Load Load) Multiplied => Formula.Of(Node)! is var formula && formula.Reduces.First().Parts().OfType<Load>().Single(load => formula.Operand(load) != Weight) is var load ? (formula.Operand(load), load) : default;

    /// <summary>What the weight multiplies with its inputs mixed: x'[.., r, ..] = Σi matrix[r, i]·x[.., i, ..]. What is outside stays 0.</summary>
    /// <param name="input">The weight's axis of inputs.</param>
    /// <returns>Null where inputs are no axis of their own, or what is outside is not 0.</returns>
    public Value? Inputs(int input, Value matrix, string suffix)
    {
        var formula = Formula.Of(Node)!;
        if (formula.Reduces.First() is not { Body: Binary { Operator: Operator.Multiply } } sum || sum.Parts().OfType<Load>().Count() != 2) return null;
        var ((x, load), summed) = (Multiplied, formula.ReadsOf(Weight).First().At[input]);
        if (x.Type is not { Encoding: Dense { Kind: Scalar.F32 }, Order: [] } || summed is not Axis axis || load.Outside is not (null or Ir.Number { Real: 0 })) return null;
        if (load.At.Index().Where(p => p.Item.Mentions(axis)).ToList() is not [(var place, Axis)]) return null;
        var letters = string.Concat(Enumerable.Range(0, x.Type.Rank).Select(i => (char)('a' + i)));
        return Add(suffix, new Einsum($"{letters},Z{letters[place]}->{letters.Replace(letters[place], 'Z')}"), x, matrix);
    }

    /// <summary>The step's window on each channel by itself, one axis after the other. Where windows lie only the operator's numbers tell: this is for convolutions.</summary>
    /// <param name="taps">For each axis of the window: channels by 1 by taps along that axis, and 1 along the others.</param>
    public Value? Windows(Value x, Seq<Value> taps, string suffix)
    {
        if (Node.Op is not Conv conv) return null;
        Seq<long> Only(Seq<long> all, int axis, long none) => [.. all.Select((n, i) => i % taps.Count == axis ? n : none)];
        foreach (var (axis, along) in taps.Index())
            x = Add($"{suffix}{axis}", conv with { Dilations = Only(conv.Dilations, axis, 1), Group = along.Type.Shape[0].Whole, KernelShape = [], Pads = Only(conv.Pads, axis, 0), Strides = Only(conv.Strides, axis, 1) }, x, along);
        return x;
    }

    /// <summary>Mixes the channels of a value: y[.., o, ..] = Σr x[.., r, ..]·matrix[o, r].</summary>
    public Value Channels(Value x, Value matrix, string suffix)
    {
        var letters = string.Concat(Enumerable.Range(0, Node.Result.Type.Rank).Select(i => (char)('a' + i)));
        return Add(suffix, new Einsum($"{letters.Replace(letters[Channel], 'Z')},{letters[Channel]}Z->{letters}"), x, matrix);
    }

    /// <summary>What the weight multiplies, with its axis of inputs, which lies where the result has its channels, divided into several.</summary>
    /// <param name="input">The weight's axis of inputs.</param>
    /// <param name="extents">Of the axes in place of it.</param>
    /// <returns>Null where inputs lie elsewhere, or where anything else is summed: a window, a product that is no matrix's.</returns>
    public Value? Divided(int input, Seq<Expr> extents, string suffix)
    {
        var formula = Formula.Of(Node)!;
        var (read, sum) = (formula.ReadsOf(Weight).First(), formula.Reduces.First());
        // Two extents behind the channels that only a run knows cannot both be what is left.
        if (Node.Result.Type.Shape.Skip(Channel + 1).Count(e => e is not Ir.Number) > 1) return null;
        if (sum.Body is not Binary { Operator: Operator.Multiply } both || !IsPlain(formula.Number) || (both.A == (Expr)read ? both.B : both.A) is not Load { Outside: null } load || sum.Axes.Count(a => a.Extent is not Ir.Number { Integer: 1 }) != 1) return null;
        var (x, summed) = (formula.Operand(load), read.At[input]);
        if (x.Type.Rank != Node.Result.Type.Rank || x.Type is not { Encoding: Dense { Kind: Scalar.F32 }, Order: [] } || summed is not Axis) return null;
        for (var axis = 0; axis < x.Type.Rank; axis++)
            if (axis == Channel ? load.At[axis] != summed : load.At[axis] != (Expr)formula.Axes[axis] && x.Type.Shape[axis] is not Ir.Number { Integer: 1 } || axis != Channel && x.Type.Shape[axis] != Node.Result.Type.Shape[axis]) return null;
        return Shaped(x, [.. x.Type.Shape.SelectMany((extent, axis) => axis == Channel ? extents : (Seq<Expr>)[extent])], suffix);
    }

    /// <summary>Mixes what lies in the place of the channels with a matrix, as letters for its axes say; axes that are kept have theirs in the result. Without a matrix the others are summed.</summary>
    public Value Mix(Value x, string of, Value? matrix, string by, string to, string suffix)
    {
        var letters = string.Concat(Enumerable.Range(0, Node.Result.Type.Rank).Select(i => (char)('a' + i)));
        var (before, after) = (letters[..Channel], letters[(Channel + 1)..]);
        return matrix is null ? Add(suffix, new Einsum($"{before}{of}{after}->{before}{to}{after}"), x) : Add(suffix, new Einsum($"{before}{of}{after},{by}->{before}{to}{after}"), x, matrix);
    }

    /// <summary>A value in the shape of the result: its axes in the place of the channels as one.</summary>
    public Value Joined(Value x, string suffix) => Shaped(x, Node.Result.Type.Shape, suffix);

    private Value Shaped(Value x, Shape shape, string suffix)
    {
        // Extents in front stay by 0; behind the channels they are numbers, or one is what is left.
        var open = 0;
        long[] wanted = [.. shape.Select((extent, axis) => axis < Channel ? 0 : extent is Ir.Number n ? n.Integer : open++ == 0 ? -1 : 0)];
        var name = fresh($"{Node.Result.Name}{suffix}.shape");
        return Add(suffix, new Reshape(), x, new Value(name, new([wanted.Length], Scalar.I64), [Bytes.Of<long>(wanted)]));
    }

    /// <summary>The sum of products and the bias as steps, the last of them with the step's own result.</summary>
    /// <param name="products">Each without bias.</param>
    public Seq<Node> Sum(Seq<Value> products)
    {
        Seq<Value> terms = Bias is null ? products : [.. products, new(fresh(Bias.Name + ".channels"), new([.. Node.Result.Type.Shape.Select((extent, i) => i == Channel ? extent : (Expr)1)], Scalar.F32), Bias.Planes)];
        var sum = terms[0];
        foreach (var term in terms.Skip(1)) sum = Add(".sum", new Add(), sum, term);
        return [.. build.Nodes.SkipLast(1), build.Nodes[^1] with { Results = Node.Results }];
    }

    /// <summary>Another step.</summary>
    /// <param name="suffix">Behind the result's name.</param>
    public Value Add(string suffix, Op op, params Seq<Value?> of) => build.Add(fresh(Node.Result.Name + suffix), op, of);
}
