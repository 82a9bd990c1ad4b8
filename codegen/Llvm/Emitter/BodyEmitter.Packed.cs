using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Numbers below a byte: several share one, the first in the low bits.</summary>
internal sealed partial class BodyEmitter
{
    private Register FetchPacked(Load load, Memory at, Place place, Register? inside)
    {
        if (place.Form == PlaceForm.Contiguous && mask is null && inside is null && StartsByte(at, place)) return Unpack(at, ReadBytes(at, place), load.Type);
        if (mask is null && inside is null && PartOfBytes(at, place) is { } part)
        {
            var start = Index(First(place.Flat, place.Flat.Constant));
            var all = Let($"load <{Lanes} x i8>, ptr {ByteAddress(at.Pointer, at, start)}, align 1{at.Fact}", load.Type, Lanes);
            return Wrapped2(at, part == 0 ? all : Let($"lshr {all}, {Bit(at, part, Lanes)}", load.Type, Lanes));
        }
        if (place.Form == PlaceForm.Same && inside is not { Lanes: > 1 })
        {
            var first = Index(place.Flat);
            if (inside is { } check) first = Let($"select {check}, {first}, i64 0", Scalar.I64, 1);
            var start = inside is null || Linear.Range(at.Buffer.Size).Low > 0 ? at.Pointer : code.Let($"select {inside}, ptr {at.Pointer}, ptr {Module.Zeros()}");
            var one = Let($"load i8, ptr {ByteAddress(start, at, first)}{at.Fact}", load.Type, 1);
            var value = Part(at, one, first);
            return inside is { } here ? Choose(here, value, Value(load.Outside!)) : value;
        }
        var (index, count, on) = (Spread(Index(place.Flat), Lanes), Lanes, Both(mask, inside));
        var other = load.Outside is null ? Zero(load.Type, count) : Spread(Value(load.Outside), count);
        var bytes = Intrinsic($"llvm.masked.gather.v{count}i8.v{count}p0", new("", load.Type, count),
            [($"<{count} x ptr>", ByteAddress(at.Pointer, at, index)), ("i32", "1"), ($"<{count} x i1>", on is { } some ? Spread(some, count).Text : "splat (i1 true)"), (other.Type, "zeroinitializer")], at.Fact);
        var parts = Part(at, bytes, index);
        return inside is { } within ? Choose(within, parts, other) : parts;
    }

    private void StorePacked(Memory at, Place place, Register value)
    {
        if (place.Form == PlaceForm.Contiguous && mask is null && StartsByte(at, place))
        {
            var all = Spread(value, Lanes);
            Register? bytes = null;
            for (var part = 0; part < at.PerByte; part++)
            {
                var from = part;
                var some = Bare(at, Shuffle(all, all, [.. Enumerable.Range(0, Lanes / at.PerByte).Select(i => i * at.PerByte + from)]));
                if (part > 0) some = Let($"shl {some}, {Bit(at, part, some.Lanes)}", some.Kind, some.Lanes);
                bytes = bytes is { } before ? Let($"or {before}, {some.Text}", some.Kind, some.Lanes) : some;
            }
            code.Line($"store {bytes}, ptr {ByteAddress(at.Pointer, at, Index(First(place.Flat, place.Flat.Constant)))}, align 1{at.Fact}");
            return;
        }
        if (lanes.Count == 0) { Merge(at, Index(place.Flat), value); return; }
        // Neighbours share a byte: one lane after another.
        var (index, numbers, on) = (Spread(Index(place.Flat), Lanes), Spread(value, Lanes), mask is { } some2 ? Spread(some2, Lanes) : (Register?)null);
        for (var lane = 0; lane < index.Lanes; lane++)
        {
            Register One(Register of) => Let($"extractelement {of}, i64 {lane.Text()}", of.Kind, 1);
            if (on is { } mine) Branch(One(mine).Text, () => Merge(at, One(index), One(numbers)));
            else Merge(at, One(index), One(numbers));
        }
    }

    /// <summary>Puts one number into its byte.</summary>
    private void Merge(Memory at, Register index, Register value)
    {
        var address = ByteAddress(at.Pointer, at, index);
        var shift = Shift(at, index);
        var hole = code.Let($"xor i8 {code.Let($"shl i8 {Ones(at)}, {shift}")}, -1");
        var rest = code.Let($"and i8 {code.Let($"load i8, ptr {address}{at.Fact}")}, {hole}");
        code.Line($"store i8 {code.Let($"or i8 {rest}, {code.Let($"shl i8 {Bare(at, value).Text}, {shift}")}")}, ptr {address}{at.Fact}");
    }

    private bool StartsByte(Memory at, Place place)
    {
        var first = First(place.Flat, place.Flat.Constant);
        // A vector of one byte is a number to LLVM: its lanes go one by one.
        return Lanes > at.PerByte && Lanes % at.PerByte == 0 && first.Constant % at.PerByte == 0 && first.Terms.Values.All(factor => factor % at.PerByte == 0);
    }

    /// <summary>The part of each byte that lanes want which lie in neighbouring bytes, at the same place of each; null where they do not.</summary>
    private int? PartOfBytes(Memory at, Place place)
    {
        if (place.Steps is not { Length: > 0 } steps || Lanes < 2) return null;
        long apart = at.PerByte;
        for (var i = lanes.Count - 1; i >= 0; i--)
        {
            if (lanes[i].Extent.Whole > 1 && steps[i] != apart) return null;
            apart *= lanes[i].Extent.Whole;
        }
        var first = First(place.Flat, place.Flat.Constant);
        return first.Terms.Values.All(factor => factor % at.PerByte == 0) ? (int)(first.Constant % at.PerByte) : null;
    }

    private Register ReadBytes(Memory at, Place place) =>
        Let($"load <{Lanes / at.PerByte} x i8>, ptr {ByteAddress(at.Pointer, at, Index(First(place.Flat, place.Flat.Constant)))}, align 1{at.Fact}", Scalar.U8, Lanes / at.PerByte);

    /// <summary>The numbers in a run of bytes.</summary>
    private Register Unpack(Memory at, Register bytes, Scalar kind)
    {
        var (each, count) = (at.PerByte, bytes.Lanes);
        bytes = bytes with { Kind = kind };
        // Bits are what machines keep masks of lanes in.
        if (each == 8) return Let($"zext <{(count * 8).Text()} x i1> {code.Let($"bitcast {bytes} to <{(count * 8).Text()} x i1>")} to {LlvmTypes.Of(kind, count * 8)}", kind, count * 8);
        // All bytes are shifted alike, which machines can do with bytes; then numbers of one byte come side by side.
        Register Of(int part) => Wrapped2(at, part == 0 ? bytes : Let($"lshr {bytes}, {Bit(at, part, count)}", kind, count));
        Register Mixed(Register a, Register b, int run) => Shuffle(a, b, [.. Enumerable.Range(0, a.Lanes * 2).Select(lane => lane / run % 2 * a.Lanes + lane / (2 * run) * run + lane % run)]);
        return each == 2 ? Mixed(Of(0), Of(1), 1) : Mixed(Mixed(Of(0), Of(1), 1), Mixed(Of(2), Of(3), 1), 2);
    }

    /// <summary>The number at an index, of the byte that holds it.</summary>
    private Register Part(Memory at, Register bytes, Register index) => Wrapped2(at, Let($"lshr {bytes}, {Shift(at, index)}", bytes.Kind, bytes.Lanes));

    private Register Wrapped2(Memory at, Register v) => v.Kind.IsInteger ? Wrapped(v) : Bare(at, v);

    /// <summary>The bits of the number and zeros above.</summary>
    private Register Bare(Memory at, Register v) => Let($"and {v}, {Spread(new(Ones(at), v.Kind, 1), v.Lanes).Text}", v.Kind, v.Lanes);

    private static string Ones(Memory at) => ((1 << at.Buffer.Scalar.Bits) - 1).Text();

    private string Bit(Memory at, int part, int count) => Spread(new((part * at.Buffer.Scalar.Bits).Text(), Scalar.U8, 1), count).Text;

    /// <summary>How far up in its byte the number at an index lies.</summary>
    private string Shift(Memory at, Register index)
    {
        var part = Let($"and {index}, {Spread(new((at.PerByte - 1).Text(), Scalar.I64, 1), index.Lanes).Text}", Scalar.I64, index.Lanes);
        var low = Let($"trunc {part} to {LlvmTypes.Of(Scalar.U8, index.Lanes)}", Scalar.U8, index.Lanes);
        return code.Let($"mul {low}, {Spread(new(at.Buffer.Scalar.Bits.Text(), Scalar.U8, 1), index.Lanes).Text}");
    }

    /// <summary>The address, or one for each lane, of the byte that holds the number at an index.</summary>
    private string ByteAddress(string start, Memory at, Register index)
    {
        var shift = System.Numerics.BitOperations.Log2((uint)at.PerByte);
        var place = Let($"lshr {index}, {Spread(new(shift.Text(), Scalar.I64, 1), index.Lanes).Text}", Scalar.I64, index.Lanes);
        return code.Let($"getelementptr i8, ptr {start}, {place}");
    }
}
