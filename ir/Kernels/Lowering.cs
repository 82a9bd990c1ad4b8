namespace Lathe.Ir;

/// <summary>Turns a node into a kernel: plain loops around its formulas. The formulas of a fused group are put inside one another.</summary>
public static class Lowering
{
    public static Kernel Lower(Node node) => Lower(node, null);

    /// <param name="node">A plain node or a fused group.</param>
    /// <param name="wanted">Results that anybody reads, null for all: formulas of others are not worked out.</param>
    public static Kernel Lower(Node node, IReadOnlySet<Value>? wanted)
    {
        var results = node.Op is StatementOp || wanted is null ? node.Results : [.. node.Results.Where(wanted.Contains)];
        var inputs = node.Reads.ToDictionary(value => value, value => new Storage(value.Name, value.Type));
        var reads = inputs.ToDictionary(pair => pair.Key, pair => Read(pair.Key, Read(pair.Value)));
        Seq<Storage> outputs = [.. results.Select(value => new Storage(value.Name, value.Type))];
        var body = node.Op is StatementOp op
            ? ScratchNames.Apart(op.Body(Operands(node, reads), [.. outputs.SelectMany(o => o.Buffers)]), inputs.Values.Concat(outputs).SelectMany(s => s.Buffers).Select(b => b.Name).ToHashSet(StringComparer.Ordinal))
            : Stmts.Do(results.Zip(outputs).Select(pair => Fill(pair.Second, Formula(node, pair.First, reads))));
        // Operands that only decide a shape are not read, and no argument.
        var read = body.Loads.Select(load => load.Buffer).ToHashSet();
        var external = (node.Op as SymbolOp)?.Call(node.Operands);
        return new(node.Result.Name, [.. inputs.Values.SelectMany(s => s.Buffers).Where(b => read.Contains(b) || external is not null)], [.. outputs.SelectMany(s => s.Buffers)], Hoisting.Hoist(body), external);
    }

    /// <summary>The number a node's result has at an index, over reads of the node's operands; a fused group's steps inside one another.</summary>
    internal static Access Formula(Node node, Value result, Dictionary<Value, Access> reads)
    {
        if (node.Body is { } body)
        {
            var inner = new Dictionary<Value, Access>(reads);
            foreach (var step in body.Nodes) foreach (var made in step.Results) inner[made] = Rounded(made, Formula(step, made, inner));
            return inner[body.Outputs[node.Results.Index().First(r => r.Item == result).Index]];
        }
        var formula = node.Op as FormulaOp ?? throw new InvalidOperationException($"{node.Op.Name} has no formula, it cannot stand in a fused group");
        var (number, shape) = (node.Results.Index().First(r => r.Item == result).Index, result.Type.Shape);
        // A producer read at one index is one formula, its reductions over one set of axes.
        var worked = new Dictionary<(Seq<Expr>, Expr?), Expr>();
        return (at, outside) => worked.TryGetValue((at, outside), out var known) ? known : worked[(at, outside)] = At(at, outside);
        Expr At(Seq<Expr> at, Expr? outside)
        {
            if (outside is null) return formula.At(Operands(node, reads), at, number);
            var inside = Dense.Inside(shape, at);
            if (inside is Number) return formula.At(Operands(node, reads), at, number);
            // Both sides of a select run: reads of the formula must stay in bounds where its own index is not.
            var safe = reads.ToDictionary(pair => pair.Key, pair => (Access)((where, other) => pair.Value(where, other ?? (Expr)0)));
            return Expr.Select(inside, formula.At(Operands(node, safe), at, number), outside);
        }
    }

    /// <summary>A value inside a group has the precision of its type: rounded once, as if stored.</summary>
    private static Access Rounded(Value value, Access formula)
    {
        if (value.Type.Encoding is Dense { Kind: var kind } && kind.Arithmetic == kind) return formula;
        return (at, outside) => value.Type.Encoding.Rounded(formula(at, outside));
    }

    private static Operands Operands(Node node, Dictionary<Value, Access> reads) => new(
        [.. node.Operands.Select(v => v?.Type)],
        [.. node.Operands.Select(v => v is null ? (Access)((_, _) => throw new InvalidOperationException($"{node.Op.Name} reads an operand that is absent")) : reads[v])],
        [.. node.Operands.Select(v => v?.Known)]);

    /// <summary>A weight of one number is a literal, so that formulas fold around it; anything else is read.</summary>
    internal static Access Read(Value value, Access load) => value is { IsWeight: true, Type: { Count: 1, Encoding: Dense } } && value.Known is [Number one] && one.Adapted(value.Type.Scalar.Arithmetic) is { } literal
        ? (at, outside) => outside is null ? literal : load(at, outside) : load;

    private static Access Read(Storage storage) => (at, outside) => storage.Type.Encoding.Decode(storage, [.. at.Select(Linear.Simplify)], outside);

    private static Stmt Fill(Storage output, Access formula)
    {
        Seq<Expr> at = [.. output.Type.Shape.Select((extent, i) => extent is Number { Integer: 1 } ? (Expr)0 : new Axis(AxisName(i), extent))];
        var stored = output.Type.Encoding.Encode(formula(at), at) ?? throw new InvalidOperationException($"%{output.Name}: {output.Type.Encoding} cannot be computed, only stored weights have it");
        return Stmts.Nest(LoopKind.For, at.OfType<Axis>(), Stmts.Do(output.Buffers.Zip(stored).Select(pair => pair.First.Set(at, pair.Second))));
    }

    private static string AxisName(int i) => i < 6 ? "ijlmno"[i].ToString() : $"i{i}";
}
