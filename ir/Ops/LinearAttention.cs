namespace Lathe.Ir.Ops;

/// <summary>Attention through a matrix that every step adds to, in place of all keys: s' = decay·s + k⊗(what v brings), y = scale·q·s'. ONNX LinearAttention, opset 27.</summary>
/// <param name="KvNumHeads">Heads of keys and values; each is shared by equally many of the queries.</param>
/// <param name="QNumHeads">Heads of queries.</param>
/// <param name="ChunkSize">Steps that an implementation may take at once; decides no number.</param>
/// <param name="Scale">Factor of the result; 0 for 1 over the root of a head's numbers.</param>
/// <param name="UpdateRule">linear: k⊗v; gated: the same after a decay; delta: β·k⊗(v - s·k); gated_delta: both.</param>
/// <remarks>
/// Operands: queries [B, T, heads · dk], keys [B, T, kv heads · dk], values [B, T, kv heads · dv]; optionally the state [B, kv heads, dk, dv], the
/// logarithms of decays [B, T, kv heads or kv heads · dk], the rates β [B, T, kv heads or 1]. Results: [B, T, heads · dv]; the state.
/// </remarks>
public sealed record LinearAttention(long KvNumHeads, long QNumHeads, long ChunkSize = 64, float Scale = 0, string UpdateRule = "gated_delta") : StatementOp
{
    private bool IsGated => UpdateRule is "gated" or "gated_delta";
    private bool IsDelta => UpdateRule is "delta" or "gated_delta";

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(UpdateRule is "linear" or "gated" or "delta" or "gated_delta", $"update_rule must be linear, gated, delta or gated_delta, it is {UpdateRule}");
        Require(KvNumHeads >= 1 && QNumHeads % KvNumHeads == 0, $"{QNumHeads} heads of queries cannot share {KvNumHeads} heads of keys");
        Require(x.Real(0).Rank == 3 && x.Type(1).Rank == 3 && x.Type(2).Rank == 3, $"queries, keys and values must be [B, T, heads · numbers], they are {x.Type(0)}, {x.Type(1)} and {x.Type(2)}");
        x.Alike(0, 1, 2, 4, 5);
        x.Equal(Linear.Simplify(x.Shape(0)[2] / QNumHeads), Key(x), $"numbers of a head of {x.Type(0)} and of {x.Type(1)}");
        foreach (var i in new[] { 1, 2 })
            for (var axis = 0; axis < 2; axis++) x.Equal(x.Shape(i)[axis], x.Shape(0)[axis], $"axis {axis} of operand {i} {x.Type(i)} and of queries {x.Type(0)}");
        Require(!IsGated || x.Has(4), $"{UpdateRule} needs decays");
        Require(!IsDelta || x.Has(5), $"{UpdateRule} needs rates");
        foreach (var (operand, last) in new[] { (4, x.Shape(1)[2]), (5, KvNumHeads) })
        {
            if (!x.Has(operand)) continue;
            Require(x.Type(operand).Rank == 3, $"operand {operand} must be [B, T, numbers], it is {x.Type(operand)}");
            for (var axis = 0; axis < 2; axis++) x.Equal(x.Shape(operand)[axis], x.Shape(0)[axis], $"axis {axis} of operand {operand} {x.Type(operand)} and of queries {x.Type(0)}");
            var own = x.Shape(operand)[2];
            x.Check(Expr.Same(own, last) | Expr.Same(own, operand == 4 ? KvNumHeads : 1), $"operand {operand} {x.Type(operand)} has numbers for neither {(operand == 4 ? $"{last} keys nor {KvNumHeads} heads" : $"{last} heads nor all")}");
        }
        var state = new TensorType([x.Shape(0)[0], KvNumHeads, Key(x), Value(x)], x.Scalar(x.Has(3) ? 3 : 0));
        if (x.Has(3)) foreach (var (axis, extent) in state.Shape.Index()) x.Equal(x.Shape(3)[axis], extent, $"axis {axis} of the state {x.Type(3)}");
        return [new([x.Shape(0)[0], x.Shape(0)[1], Linear.Simplify(Value(x) * QNumHeads)], x.Scalar(0)), state];
    }

    private Expr Key(Operands x) => Linear.Simplify(x.Shape(1)[2] / KvNumHeads);
    private Expr Value(Operands x) => Linear.Simplify(x.Shape(2)[2] / KvNumHeads);

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var (kind, keys, values) = (x.Scalar(0).Arithmetic, Key(x), Value(x));
        var (state, seen) = (new Buffer("state", kind, [keys, values], Space.Arena), new Buffer("seen", kind, [values], Space.Arena));
        return Scattering.Over([x.Shape(0)[0], KvNumHeads], at =>
        {
            var (batch, head) = (at[0], at[1]);
            var steps = Stmts.For("t", x.Shape(0)[1], time =>
            {
                Expr K(Expr i) => x[1]([batch, time, Linear.Simplify(head * keys + i)]);
                Expr V(Expr j) => x[2]([batch, time, Linear.Simplify(head * values + j)]);
                Expr Decay(Expr i) => Expr.Exp(x[4]([batch, time, Expr.Select(Linear.Decided(Expr.Same(x.Shape(4)[2], KvNumHeads)), head, Linear.Simplify(head * keys + i))]));
                Expr Rate() => x[5](Broadcast.Index(x.Shape(5), [batch, time, head]));
                return Stmts.Do(
                    IsGated ? Scattering.Over([keys, values], p => state.Set(p, state[p] * Decay(p[0]))) : new Block([]),
                    IsDelta ? Scattering.Over([values], p => seen.Set(p, Expr.Sum([keys], i => state[i[0], p[0]] * K(i[0])))) : new Block([]),
                    Scattering.Over([keys, values], p => state.Set(p, state[p] + (IsDelta ? Rate() * K(p[0]) * (V(p[1]) - seen[p[1]]) : K(p[0]) * V(p[1])))),
                    Scattering.Over([QNumHeads / KvNumHeads, values], p =>
                    {
                        var query = Linear.Simplify(head * (QNumHeads / KvNumHeads) + p[0]);
                        var sum = Expr.Sum([keys], i => x[0]([batch, time, Linear.Simplify(query * keys + i[0])]) * state[i[0], p[1]]);
                        var scale = Scale != 0 ? (Expr)(double)Scale : Number.Of(kind, 1.0) / Expr.Sqrt(keys.As(kind));
                        return results[0].Set([batch, time, Linear.Simplify(query * values + p[1])], (sum * scale).As(results[0].Scalar));
                    }));
            });
            return new Scratch(state, new Scratch(seen, Stmts.Do(
                Scattering.Over([keys, values], p => state.Set(p, x.Has(3) ? x[3]([batch, head, .. p]).As(kind) : 0.0)),
                steps,
                Scattering.Over([keys, values], p => results[1].Set([batch, head, .. p], state[p].As(results[1].Scalar.Arithmetic).As(results[1].Scalar))))));
        });
    }

    public override IEnumerable<Example> Examples()
    {
        var op = this with { KvNumHeads = 2, QNumHeads = 4 };
        yield return new(op with { UpdateRule = "linear" }, Operand.F32(2, 3, 12), Operand.F32(2, 3, 6), Operand.F32(2, 3, 10));
        yield return new(op with { UpdateRule = "gated", Scale = 0.5f }, Operand.F32(1, 3, 12), Operand.F32(1, 3, 6), Operand.F32(1, 3, 8), Operand.F32(1, 2, 3, 4), Operand.F32(1, 3, 2));
        yield return new(op, Operand.F32(1, 3, 12) with { Low = -0.5, High = 0.5 }, Operand.F32(1, 3, 6) with { Low = -0.5, High = 0.5 }, Operand.F32(1, 3, 8), null,
            Operand.F32(1, 3, 6) with { High = 0 }, Operand.F32(1, 3, 1) with { Low = 0, High = 1 });
    }
}
