using Lathe.Ir.Ops;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Makes loops. Extents of carried values that differ from round to round become symbols; the body is imported anew where one shows.</summary>
internal sealed class LoopImport(Importing import, RegionImport regions, OnnxNode node, GraphBuilder builder)
{
    /// <summary>What one round makes.</summary>
    /// <param name="Going">Whether to go on.</param>
    /// <param name="Carried">The carried values of the next round.</param>
    /// <param name="Slices">What is stacked.</param>
    /// <param name="Declared">The shapes that the file notes for the carried values, then for what is stacked; advice that a run checks.</param>
    public sealed record Round(Value Going, Seq<Value> Carried, Seq<Value> Slices, Seq<TensorShapeProto?> Declared = default);

    /// <summary>Extents of carried values that change, and what they cannot exceed.</summary>
    private readonly Dictionary<(int Value, int Axis), Expr> changing = [];
    private readonly Dictionary<(int Value, int Axis), Expr> starts = [];

    /// <summary>A node Loop.</summary>
    public Seq<Value>? Loop(GraphProto body)
    {
        Value? Operand(int i) => node.Input(i) is not "" and var name ? import.Values[name] : null;
        Seq<Value> first = [.. node.Inputs.Skip(2).Select(name => import.Values[name])];
        var trips = Operand(0) is { Known: null } open ? new Measuring(import, builder).Count(open) ?? throw new TypeException($"the most rounds must be one whole number, they are {open.Type}") : Operand(0);
        return Add(Result, trips, Operand(1), first, (inside, round, going, carried) =>
        {
            if (regions.Nodes(body, node, inside, [round, going, .. carried]) is not { } outputs) return null;
            if (outputs.Count <= first.Count) throw new TypeException($"the body makes {outputs.Count} values: whether to go on and {first.Count} carried ones are needed");
            return new(outputs[0], outputs[1..(first.Count + 1)], outputs[(first.Count + 1)..], [.. body.Output.Skip(1).Select(o => o.Type?.TensorType?.Shape)]);
        });
    }

    /// <summary>The name of a result.</summary>
    public string Result(int i) => i < node.Outputs.Count && node.Outputs[i] != "" ? node.Outputs[i] : import.Names.Fresh($"{node.Outputs.FirstOrDefault(o => o != "") ?? node.OpType}.{i}");

    /// <param name="result">The names of results.</param>
    /// <param name="trips">The most rounds; null where only the condition ends the loop.</param>
    /// <param name="begin">Whether to begin; null where it begins.</param>
    /// <param name="first">The carried values of the first round.</param>
    /// <param name="round">Imports the body into a builder: the number of the round, whether it goes on, the carried values; null where it is at fault, which has been said.</param>
    /// <returns>The carried values behind the loop, then what was stacked.</returns>
    public Seq<Value>? Add(Func<int, string> result, Value? trips, Value? begin, Seq<Value> first, Func<GraphBuilder, Value, Value, Seq<Value>, Round?> round)
    {
        changing.Clear();
        for (var tries = 0; tries <= 2 * first.Sum(v => v.Type.Rank) + 1; tries++)
        {
            var faulty = false;
            var made = import.Attempt(() =>
            {
                var (settled, loop) = Attempt(result, trips, begin, first, round);
                faulty = settled && loop is null;
                return (settled, loop!);
            });
            if (faulty) return null;
            if (made is not null) return builder.Add(made).Results;
        }
        throw new TypeException("the extents of carried values do not settle");
    }

    /// <summary>The loop as far as it is known which extents change; not settled where one more turns out to, null where the body is at fault.</summary>
    private (bool Settled, Node? Loop) Attempt(Func<int, string> result, Value? trips, Value? begin, Seq<Value> first, Func<GraphBuilder, Value, Value, Seq<Value>, Round?> round)
    {
        var (names, before) = (first.Select((_, i) => result(i)).ToList(), changing.ToDictionary());
        var near = names.FirstOrDefault() ?? node.Outputs.First(o => o != "");
        var count = trips is null ? null : trips.Known is [var known] ? Linear.Simplify(Expr.Max(known, 0)) : throw new ContentsException(0, "the most rounds");
        var (number, extents, inside) = (Decided($"{near}.round", count is null ? Symbol.Unbounded : Linear.Simplify(Expr.Max(count - 1, 0))), new Dictionary<(int, int), Bound>(), new GraphBuilder("body"));
        var (at, going) = (new Value(import.Names.Fresh($"{near}.round"), new([], Scalar.I64), default, (Seq<Expr>)[number.Symbol]), new Value(import.Names.Fresh($"{near}.going"), new([], Scalar.Bool), default, (Seq<Expr>)[Number.Of(Scalar.Bool, 1L)]));
        Seq<Value> carried = [.. first.Select((value, i) => new Value(import.Names.Fresh($"{names[i]}.carried"), new([.. value.Type.Shape.Select((extent, axis) =>
            changing.TryGetValue((i, axis), out var bound) ? (extents[(i, axis)] = Decided(string.Create(CultureInfo.InvariantCulture, $"{names[i]}.{axis}"), bound)).Symbol : extent)], value.Type.Scalar)))];
        var outer = import.Late.ToHashSet(StringComparer.Ordinal);
        outer.ExceptWith(extents.Values.Select(b => b.Symbol.Name).Append(number.Symbol.Name));
        if (round(inside, at, going, carried) is not { } made) return (true, null);

        foreach (var (i, next) in made.Carried.Index())
            if (made.Declared.ElementAtOrDefault(i) is { } noted && noted.Dim.Count == next.Type.Rank && next.Type.Rank > 0 && next.Type.Shape.Any(extent => !IsOuter(extent))
                && carried[i].Type.Shape.Zip(noted.Dim).All(p => p.Second.DimValue > 0 && Linear.ProvesEqual(p.First, p.Second.DimValue)))
                made = made with { Carried = made.Carried.With(i, Declared(inside, next, noted)) };
        foreach (var (i, (input, next)) in carried.Zip(made.Carried).Index())
        {
            if (input.Type.Scalar != next.Type.Scalar || input.Type.Rank != next.Type.Rank) throw new TypeException($"carried value {i} begins as {first[i].Type}, it goes on as {next.Type}");
            for (var axis = 0; axis < input.Type.Rank; axis++) Settle(inside, count, IsOuter, (i, axis), extents.GetValueOrDefault((i, axis)), input.Type.Shape[axis], next.Type.Shape[axis], made.Declared.ElementAtOrDefault(i)?.Dim.ElementAtOrDefault(axis));
        }
        if (changing.Count != before.Count || changing.Any(c => before[c.Key] != c.Value)) return (false, null);
        var always = (begin is null || begin.Known is [Number { Integer: not 0 }]) && made.Going.Known is [Number { Integer: not 0 }];
        var all = new List<Bound> { number };
        if (!always || count is null) all.Add(Decided($"{near}.rounds", count ?? Symbol.Unbounded));
        all.AddRange(extents.Values);
        var op = new Ir.Ops.Loop([.. all.Select(b => b.Symbol.Name)], [.. all.Select(b => b.Symbol.Low)], [.. all.Select(b => b.Most)], always ? count : null);
        Seq<Value?> operands = [trips, begin, .. first];
        foreach (var (i, slice) in made.Slices.Index())
            if (slice.Type.Shape.Any(extent => !IsOuter(extent)) && made.Declared.ElementAtOrDefault(first.Count + i) is { } noted && noted.Dim.Count == slice.Type.Rank && noted.Dim.All(d => d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && d.DimValue > 0))
            {
                made = made with { Slices = made.Slices.With(i, Declared(inside, slice, noted)) };
            }
        foreach (var (i, slice) in made.Slices.Index())
            if (slice.Type.Shape.FirstOrDefault(extent => !IsOuter(extent)) is { } inner) throw new TypeException($"stacked result {i} has slices of {slice.Type}: {inner} is another number in each round");
        var body = inside.Return([made.Going, .. made.Carried, .. made.Slices]) is var region ? region with { Inputs = [at, going, .. carried] } : throw new System.Diagnostics.UnreachableException();
        var types = op.Infer(GraphBuilder.Operands(operands), [body]);
        return (true, new(op, operands, [.. types.Select((type, i) => new Value(i < names.Count ? names[i] : result(i), type))], [body]));

        // Whether an extent is the same in every round.
        bool IsOuter(Expr extent) => extent.Parts().OfType<Symbol>().All(s => outer.Contains(s.Name) || !import.Late.Contains(s.Name));
    }

    /// <summary>Compares an extent of a carried value with that of the next round: equal, checked where the file says so, else a symbol from the next attempt on.</summary>
    private void Settle(GraphBuilder inside, Expr? count, Func<Expr, bool> isOuter, (int Value, int Axis) place, Bound? changes, Expr before, Expr after, TensorShapeProto.Types.Dimension? declared)
    {
        if (changes is null && Linear.ProvesEqual(before, after)) return;
        var difference = Linear.Simplify(after - before);
        // Where each round adds as much, so many rounds add so much more.
        Expr Grown(Expr start) => isOuter(difference) && count is not null ? start + count * Linear.Simplify(Expr.Max(difference, 0)) : Symbol.Unbounded;
        if (changes is not null)
        {
            if (!isOuter(difference)) changing[place] = isOuter(after) ? Linear.Simplify(Expr.Max(starts[place], after)) : Symbol.Unbounded;
            return;
        }
        if (declared is { ValueCase: TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue } && Linear.ProvesEqual(before, declared.DimValue) && Linear.Range(difference) is ( <= 0, >= 0))
        {
            inside.Check(new(Expr.Same(before, after), $"{node.Where}: carried value {place.Value} is declared with {before} along axis {place.Axis}"));
            return;
        }
        starts[place] = before;
        changing[place] = isOuter(after) && !isOuter(difference) ? Linear.Simplify(Expr.Max(before, after)) : Linear.Simplify(Grown(before));
    }

    /// <summary>A value as the file says its shape is, which the reshape has a run check.</summary>
    private Value Declared(GraphBuilder inside, Value value, TensorShapeProto noted)
    {
        var shape = new Value(import.Names.Fresh($"{value.Name}.shape"), new([value.Type.Rank], Scalar.I64), [Bytes.Of<long>([.. noted.Dim.Select(d => d.DimValue)])]);
        import.Values[shape.Name] = shape;
        return inside.Add(import.Names.Fresh($"{value.Name}.declared"), new Reshape(), value, shape);
    }

    /// <summary>A symbol and what it cannot exceed.</summary>
    private sealed record Bound(Symbol Symbol, Expr Most);

    private Bound Decided(string near, Expr most)
    {
        var (name, bound) = import.Decided(near, most);
        return new((Symbol)Symbol.Of(name, 0, Math.Max(0, Math.Min(Linear.Range(bound).High, Symbol.Unbounded))), bound);
    }
}
