using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    public void Emit(Stmt stmt)
    {
        switch (stmt)
        {
            case Block b: foreach (var step in b.Steps) Emit(step); break;
            case Scratch s: Emit(s); break;
            case Store s: Emit(s); break;
            case Guard g: Emit(g); break;
            case Loop l: Emit(l); break;
            default: throw new UnreachableException();
        }
    }

    private void Emit(Scratch scratch)
    {
        var buffer = scratch.Buffer;
        var outer = memory.TryGetValue(buffer, out var known) ? known : null;
        scopes.Forget(buffer);
        if (buffer.Space == Space.Arena) BindInArena(scratch);
        else if (OfGroup(scratch) is { } ofGroup) memory[buffer] = ofGroup;
        else
        {
            // Each lane has its own.
            var kept = buffer with { Shape = [.. buffer.Shape, .. lanes.Select(lane => lane.Extent)], Order = buffer.Order is [] ? [] : [.. buffer.Order, .. Enumerable.Range(buffer.Shape.Count, lanes.Count)] };
            if (kept.Size is not Number size) throw new InvalidOperationException($"scratch %{buffer.Name} lives in registers, its size {kept.Size} must be known");
            memory[buffer] = new(code.Place($"[{size.Integer.Text()} x {LlvmTypes.InMemory(buffer.Scalar)}]", ScratchLayout.Alignment), kept, [.. lanes], "");
        }
        Emit(scratch.Body);
        scopes.Forget(buffer);
        if (outer is null) memory.Remove(buffer); else memory[buffer] = outer;
    }

    private void Emit(Guard guard)
    {
        if (Known(guard.Condition) is { } known)
        {
            if (known) Emit(guard.Body);
            return;
        }
        var condition = Value(guard.Condition);
        if (condition.Lanes == 1)
        {
            Branch(condition.Text, () => Emit(guard.Body));
            return;
        }
        var outer = mask;
        var inner = Both(outer, condition)!.Value;
        void Masked() => scopes.Within([], straight: false, () => { mask = inner; Emit(guard.Body); mask = outer; });
        // What is the same in all lanes is read even where a mask is on: some lane must be on for it to be inside.
        if (outer is null && Known(guard.Condition.Substitute(lanes.Select(lane => (lane, (Expr)0)))) == true) Masked();
        else Branch(Intrinsic($"llvm.vector.reduce.or.{LlvmTypes.Suffix(Scalar.Bool, inner.Lanes)}", new("", Scalar.Bool, 1), inner).Text, Masked);
    }

    private void Branch(string condition, Action write)
    {
        var (yes, done) = (code.Name("then"), code.Name("done"));
        code.Line($"br i1 {condition}, label %{yes}, label %{done}");
        code.Label(yes);
        scopes.Within([], straight: false, write);
        code.Line($"br label %{done}");
        code.Label(done);
    }

    /// <summary>Two masks at once; null is all lanes.</summary>
    private Register? Both(Register? a, Register? b)
    {
        if (a is not { } x || b is not { } y) return a ?? b;
        var both = Alike(x, y);
        return Let($"and {both[0]}, {both[1].Text}", Scalar.Bool, both[0].Lanes);
    }

    /// <summary>Whether a condition on indices holds in every iteration, or in none; null if that is not known.</summary>
    private bool? Known(Expr condition) => Linear.Decided(condition.Substitute(bound.Select(index => (index.Key, (Expr)index.Value)))) is Number n ? n.Integer != 0 : null;
}
