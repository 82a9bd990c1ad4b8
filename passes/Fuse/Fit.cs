using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Whether a step may be computed inside its reader, in place of being stored and loaded.</summary>
/// <param name="Repeat">Machine steps that may be computed again for each number.</param>
/// <param name="Operands">Most operands of a group.</param>
/// <param name="Objective">Decides what is worth storing.</param>
internal sealed record Fit(int Repeat, int Operands, Objective Objective)
{
    /// <summary>Most parts of a group's formula.</summary>
    private const int MostParts = 1500;

    /// <summary>Deepest that a group's formula nests: what walks it must not run out of stack, and beyond it one more store costs nothing.</summary>
    private const int Deepest = 200;

    /// <summary>Why the producer of <paramref name="value"/> should not be computed inside its reader; null if it may.</summary>
    public string? Why(Formula producer, Formula reader, Value value)
    {
        if (!value.Type.Encoding.IsStorable) return $"it is stored as {value.Type.Encoding}";
        // A reader that goes through it in place may as well go through its parts: halves that a rotary embedding turns.
        if (SideBySide.Places(producer.Node) is not null && !(reader.IsElementwise && reader.ReadsInPlace(value)) || SideBySide.Places(reader.Node) is not null) return "what lies side by side is stored there by what computes it";
        if (IsOnce(producer, value) && !IsPlainMove(producer) && !reader.Node.Reads.All(v => v.IsWeight || v == value)) return "it depends on weights only and is worked out once, in the compiler";
        if (value.Type.Scalar is { IsInteger: true, Bits: <= 8 } && reader.IsUnpacking(reader.Node.Result) && reader.Reads.Any(l => reader.Operand(l) is var scale && scale != value && !scale.IsWeight)) return "products read its codes: the step that gives them their scale is done inside those";
        var reads = reader.ReadsOf(value).ToList();
        if (reads.Count == 0) return "its numbers are not read";
        return producer.HasReduce ? WhyNotReduction(producer, reader, value, reads) : WhyNotElements(producer, reader, value);
    }

    /// <summary>Why steps should not be one group as a whole.</summary>
    public string? Why(Node group)
    {
        if (group.Reads.Count() is var operands && operands > Operands) return $"the group would read {operands} operands, {Operands} are allowed";
        var formula = Formula.Of(group)!;
        if (formula.Number.Depth > Deepest) return $"the formula would nest more than {Deepest} deep";
        if (formula.Number.Parts().Take(MostParts + 1).Count() > MostParts) return $"the formula would have more than {MostParts} parts";
        // Each reduction runs in the loops it depends on: one along rows and one along columns would run again and again inside the other's.
        var loops = formula.Reduces.Select(r => r.Free.Where(formula.Axes.Contains).ToHashSet()).Where(free => free.Count < formula.Axes.Count).OrderBy(free => free.Count).ToList();
        return loops.Zip(loops.Skip(1)).All(p => p.First.IsSubsetOf(p.Second)) ? null : "its reductions run along different axes";
    }

    /// <summary>A reduction may be an epilogue's first step, or a statistic of a row that the reader uses along the row.</summary>
    private static string? WhyNotReduction(Formula producer, Formula reader, Value value, List<Load> reads)
    {
        if (IsContraction(producer))
            return reader.HasReduce ? "a contraction is not computed inside a group that reduces"
                : reader.ReadsInPlace(value) ? null : "a contraction is read elsewhere than at its own index";
        if (!reader.HasReduce && reader.ReadsInPlace(value)) return null;
        if (reader.Reduces.Any(IsContraction)) return "a reduction is not computed inside a contraction";
        if (reads.Any(r => r.Outside is not null || !r.At.All(e => e is Number || e is Axis a && reader.Axes.Contains(a)))) return "a reduction is read at an index that is not the reader's";
        if (reads.Sum(r => Evaluations.Size(r.Free)) > Evaluations.Size(value)) return "a reduction would be computed more than once";
        var row = producer.Reduces.All(r => r.Body.Parts().OfType<Load>().All(l => l.At.Count > 0 && r.Axes.All(a => l.At[^1].Mentions(a) || !l.Mentions(a))));
        return row ? null : "a reduction over other axes than the last is its own kernel";
    }

    private string? WhyNotElements(Formula producer, Formula reader, Value value)
    {
        var (cost, times) = (Evaluations.Cost(producer), Evaluations.Count(reader, value) / Math.Max(1, Evaluations.Size(value)));
        if (reader.Reduces.Where(IsContraction).Any(sum => sum.Parts().OfType<Load>().Any(l => reader.Operand(l) == value)))
            return IsPlainMove(producer) && value.Type.Encoding is Dense || IsDecoding(producer, value) || producer.IsUnpacking(value) ? null : $"a contraction reads it {times:0.#} times";
        if (IsKept(reader, value)) times--;
        return cost * (times - 1) <= Repeat ? null : $"it is read {times:0.#} times and costs {cost} steps, {Repeat} may be repeated";
    }

    /// <summary>
    /// Whether a schedule keeps the numbers where the results are stored: they alone are reduced along the last axis, and the results take them and nothing
    /// else from along it. A softmax that an exporter wrote out.
    /// </summary>
    private static bool IsKept(Formula reader, Value value)
    {
        if (reader.Axes.Count == 0 || value.Type.Encoding != reader.Node.Result.Type.Encoding || value.Type.Scalar.Arithmetic != value.Type.Scalar) return false;
        var near = reader.Axes[^1];
        bool IsRow(Load load) => reader.Reduces.Any(r => r.Body == load && r.Axes is [var k] && load.Outside is null && reader.IsInPlace((Load)load.Substitute((k, near))));
        return reader.ReadsOf(value).All(l => reader.IsInPlace(l) || IsRow(l)) && reader.Reads.All(l => reader.Operand(l) == value || !l.Mentions(near));
    }

    /// <summary>A sum of products whose factors vary with the index in different ways, so that each number takes part in many sums.</summary>
    public static bool IsContraction(Formula formula) => formula.Reduces.Any(IsContraction);

    private static bool IsContraction(Reduce reduce) => reduce.Kind == ReduceKind.Sum
        && Factors(reduce.Body).Where(f => reduce.Axes.Any(f.Mentions)).Select(f => f.Free.Except(reduce.Axes).ToHashSet()).ToList() is [var first, .. var others] && others.Exists(o => !o.SetEquals(first));

    private static IEnumerable<Expr> Factors(Expr e) => e switch
    {
        Binary { Operator: Operator.Multiply } m => Factors(m.A).Concat(Factors(m.B)),
        Call { Function: Function.Select } s => Factors(s.Arguments[1]),
        Cast c => Factors(c.Operand),
        _ => [e],
    };

    /// <summary>Small weights made large: a contraction multiplies what their formula decodes, and the large form never is in memory.</summary>
    private bool IsDecoding(Formula formula, Value value) => formula.Node.Reads.All(v => v.IsWeight) && !IsOnce(formula, value) && Evaluations.Cost(formula) <= Repeat;

    private bool IsOnce(Formula formula, Value value) => value.Type.IsStatic && formula.Node is var node && node.Reads.All(v => v.IsWeight) && !formula.Number.Parts().Any(e => e is Symbol)
        && Precompute.Pays(value.Type.Encoding.Size(value.Type.Shape), node.Reads.Sum(v => v.Type.Encoding.Size(v.Type.Shape)), Objective);

    /// <summary>Numbers of one operand at other places, at an index without division: it costs a contraction nothing but other strides. An axis in equal parts that read alike, heads that share keys, is two axes.</summary>
    public static bool IsPlainMove(Formula formula) => formula.IsMove && formula.Reads.Count() == 1
        && !formula.Number.Parts().Any(e => e is Binary { Operator: Operator.Modulo } or Call || e is Binary { Operator: Operator.Divide } d && !(d is { A: Axis { Extent: Number { Integer: var extent } }, B: Number { Integer: > 0 and var parts } } && extent % parts == 0));
}
