using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private readonly Dictionary<Expr, bool> areIndices = [];
    private readonly List<Axis> nest = [];

    /// <summary>Whether a formula is made of loop indices and dimensions alone: index algebra may take it apart, and it never overflows.</summary>
    private bool IsIndex(Expr e)
    {
        if (areIndices.TryGetValue(e, out var known)) return known;
        return areIndices[e] = e.Type == Scalar.I64 && e switch
        {
            Number or Axis or Symbol => true,
            Binary { Operator: Operator.Add or Operator.Subtract or Operator.Multiply or Operator.Divide or Operator.Modulo } => e.Children.All(IsIndex),
            Call { Function: Function.Min or Function.Max } => e.Children.All(IsIndex),
            _ => false,
        };
    }

    /// <summary>Whether a number may differ between lanes.</summary>
    private bool Varies(Expr e) => lanes.Count > 0 && (lanes.Any(e.Mentions) || scopes.Reads(e).Any(buffer => memory[buffer].Lanes.Count > 0));

    /// <summary>An index that is the same in all lanes, as text.</summary>
    private string Scalar64(Expr e) => Index(Linear.Of(e, bound)) is { Lanes: 1 } one ? one.Text : throw new InvalidOperationException($"{e} differs between lanes");

    private Register Index(Linear sum, bool constant = true)
    {
        Register? same = null, varying = null;
        var steps = new long[lanes.Count];
        foreach (var (atom, factor) in sum.Terms.OrderBy(term => Depth(term.Key)))
        {
            if (atom is Axis axis && lanes.IndexOf(axis) is >= 0 and var lane) steps[lane] = factor;
            else if (Times(Atom(atom), factor) is { Lanes: 1 } scalar) same = same is { } s ? Plus(s, scalar) : scalar;
            else varying = varying is { } v ? Plus(v, Times(Atom(atom), factor)) : Times(Atom(atom), factor);
        }
        if (constant && sum.Constant != 0 || same is null && varying is null && steps.All(step => step == 0))
        {
            var rest = new Register((constant ? sum.Constant : 0).Text(), Scalar.I64, 1);
            same = same is { } s ? Plus(s, rest) : rest;
        }
        if (steps.Any(step => step != 0))
        {
            var apart = new Register($"<{string.Join(", ", Offsets(steps).Select(offset => $"i64 {offset.Text()}"))}>", Scalar.I64, Lanes);
            varying = varying is { } v ? Plus(v, apart) : apart;
        }
        return same is { } a && varying is { } b ? Plus(a, b) : same ?? varying!.Value;
    }

    /// <summary>How far each lane is from the first, given the step along each vector loop.</summary>
    private long[] Offsets(long[] steps)
    {
        var offsets = new long[Lanes];
        for (var lane = 0; lane < offsets.Length; lane++)
        {
            var rest = (long)lane;
            for (var i = lanes.Count - 1; i >= 0; i--)
            {
                (rest, var at) = Math.DivRem(rest, lanes[i].Extent.Whole);
                offsets[lane] += at * steps[i];
            }
        }
        return offsets;
    }

    /// <summary>How deep in the loops an index changes; what changes least comes first in a sum, and LLVM takes it out of the loops.</summary>
    private int Depth(Expr atom) => atom.Free.Count == 0 ? -1 : atom.Free.Max(axis => lanes.Contains(axis) ? int.MaxValue : nest.IndexOf(axis));

    private Register Plus(Register a, Register b) => Whole("add nsw", a, b);

    private Register Times(Register a, long factor) => factor == 1 ? a : Whole("mul nsw", a, new(factor.Text(), Scalar.I64, 1));

    private Register Whole(string operation, Register a, Register b)
    {
        var both = Alike(a, b);
        return Let($"{operation} {both[0]}, {both[1].Text}", Scalar.I64, both[0].Lanes);
    }

    /// <summary>A part of an index that a sum cannot be taken through.</summary>
    private Register Atom(Expr atom)
    {
        switch (atom)
        {
            case Number n: return new(LlvmTypes.Literal(n), Scalar.I64, 1);
            case Symbol s: return new(kernel.Symbols.First(known => known.Symbol.Equals(s)).Name, Scalar.I64, 1);
            case Axis axis when indices.TryGetValue(axis, out var name): return new(name, Scalar.I64, 1);
            case Axis axis when lanes.IndexOf(axis) is >= 0 and var lane: return Index(Linear.Of(axis, bound));
            case Axis axis: throw new InvalidOperationException($"index {axis.Name} is used outside its loop");
        }
        if (atom is not (Binary or Call) || !Splits(atom)) return Value(atom);
        if (scopes.Find(atom, Lanes) is { } found) return found;
        var (x, y) = (Index(Linear.Of(atom.Children[0], bound)), Index(Linear.Of(atom.Children[1], bound)));
        return scopes.Keep(atom, atom switch
        {
            Binary { Operator: Operator.Multiply } => Whole("mul nsw", x, y),
            Binary b when IsForGpu && IsNarrow(b.A) && IsNarrow(b.B) && Linear.Range(b.B).Low > 0 => Narrowly(b.Operator == Operator.Divide ? "udiv" : "urem", x, y),
            Binary b when Linear.Range(b.A).Low >= 0 && Linear.Range(b.B).Low > 0 => Whole(b.Operator == Operator.Divide ? "udiv" : "urem", x, y),
            Binary b => Divide(b.Operator, x, y),
            Call c => Intrinsic($"llvm.{(c.Function == Function.Min ? "smin" : "smax")}.{LlvmTypes.Suffix(Scalar.I64, Math.Max(x.Lanes, y.Lanes))}", new("", Scalar.I64, Math.Max(x.Lanes, y.Lanes)), Alike(x, y)),
            _ => throw new UnreachableException(),
        });
    }

    /// <summary>Whether index algebra goes on below this node.</summary>
    private static bool Splits(Expr atom) => atom is Binary { Operator: Operator.Multiply or Operator.Divide or Operator.Modulo } or Call { Function: Function.Min or Function.Max };
}
