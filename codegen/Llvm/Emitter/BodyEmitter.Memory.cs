using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    private Place Locate(Memory at, Seq<Expr> index)
    {
        var flat = Flat(at, index);
        if (lanes.Count == 0) return new(flat, [], PlaceForm.Same);
        if (flat.Terms.Keys.Any(atom => atom is not Axis && Varies(atom))) return new(flat, null, PlaceForm.Scattered);
        long[] steps = [.. lanes.Select(lane => flat[lane])];
        var (contiguous, repeated, apart) = (true, lanes.Count > 1, 1L);
        for (var i = lanes.Count - 1; i >= 0; i--)
        {
            contiguous &= steps[i] == apart;
            repeated &= steps[i] == (i == lanes.Count - 1 ? 1 : 0);
            apart *= lanes[i].Extent.Whole;
        }
        return new(flat, steps, steps.All(step => step == 0) ? PlaceForm.Same : contiguous ? PlaceForm.Contiguous : repeated ? PlaceForm.Repeated : PlaceForm.Apart);
    }

    /// <summary>Where a number lies, counted in numbers.</summary>
    private Linear Flat(Memory at, Seq<Expr> index)
    {
        Seq<Expr> all = at.Lanes.Count == 0 ? index : [.. index, .. at.Lanes];
        return at.Buffer.Strides.All(stride => stride is Number)
            ? Linear.Sum(all.Zip(at.Buffer.Strides).Select(axis => (Linear.Of(axis.First, bound), axis.Second.Whole)))
            : Linear.Of(at.Buffer.Flat(all), bound);
    }

    /// <summary>The address of the first lane.</summary>
    /// <param name="sure">Whether it is inside the buffer whenever this code runs.</param>
    /// <param name="more">Numbers to go on from there.</param>
    private string Address(Memory at, Place place, bool sure = true, long more = 0)
    {
        var start = First(place.Flat, constant: 0);
        var (offset, inbounds) = (new Offset(at.Pointer, start), sure ? " inbounds" : "");
        var variable = start.IsConstant ? at.Pointer : sure ? scopes.Address(offset) : null;
        if (variable is null)
        {
            variable = code.Let($"getelementptr{inbounds} {at.Type}, ptr {at.Pointer}, i64 {Index(start).Text}");
            if (sure) scopes.Keep(offset, variable);
        }
        var constant = place.Flat.Constant + more;
        return constant == 0 ? variable : code.Let($"getelementptr{inbounds} {at.Type}, ptr {variable}, i64 {constant.Text()}");
    }

    /// <summary>Where the first lane lies.</summary>
    private Linear First(Linear flat, long constant) => flat.Where(atom => atom is not Axis axis || !lanes.Contains(axis), constant);

    /// <summary>The address of every lane.</summary>
    private Register Addresses(Memory at, Place place)
    {
        var index = Spread(Index(place.Flat), Lanes);
        return new(code.Let($"getelementptr {at.Type}, ptr {at.Pointer}, {index}"), Scalar.I64, Lanes);
    }

    private Register Fetch(Load load)
    {
        var at = memory[load.Buffer];
        if (OfOther(load, at) is { } shuffled) return shuffled;
        var inside = Inside(load, at);
        var place = Locate(at, load.At);
        if (at.PerByte > 1) return FetchPacked(load, at, place, inside);
        if (place.Form == PlaceForm.Scattered && mask is null && LookUp(load, at) is { } found) return found;
        if (inside is not { Lanes: > 1 } && Plain(place, inside) is { } read)
        {
            var value = FromMemory(read(), load.Type);
            return inside is { } check ? Choose(check, value, Value(load.Outside!)) : value;
        }
        // Lanes outside are switched off and keep the other number.
        var on = Both(mask, inside);
        return FromMemory(place.Form == PlaceForm.Contiguous ? ReadMasked(load, at, place, on!.Value) : Gather(load, at, place, on), load.Type);

        Func<Register>? Plain(Place place, Register? inside) => place.Form switch
        {
            PlaceForm.Same => () => ReadSame(at, place, inside),
            PlaceForm.Contiguous when mask is null => () => ReadSide(at, place, inside),
            PlaceForm.Repeated when mask is null => () => ReadRepeated(at, place, inside),
            PlaceForm.Apart when mask is null && inside is null => () => ReadApart(at, place),
            _ => null,
        };
    }

    /// <summary>Asks for what a later read will want to be brought to the second cache; a number passes through.</summary>
    private Register Ahead(Register x, Load later)
    {
        const string read = "0", secondCache = "2", data = "1";
        var at = memory[later.Buffer];
        var place = Locate(at, later.At);
        var address = at.PerByte > 1 ? ByteAddress(at.Pointer, at, Index(First(place.Flat, place.Flat.Constant))) : Address(at, place, sure: false);
        Command("llvm.prefetch.p0", [("ptr", address), ("i32", read), ("i32", secondCache), ("i32", data)]);
        return x;
    }

    /// <summary>Whether a read is inside its buffer; null where that is known.</summary>
    private Register? Inside(Load load, Memory at)
    {
        if (load.Outside is null) return null;
        Register? inside = null;
        for (var axis = 0; axis < load.At.Count; axis++)
        {
            var (index, extent) = (Linear.Of(load.At[axis], bound), Linear.Of(at.Buffer.Shape[axis], bound).ToExpr());
            var simple = index.ToExpr();
            if (Linear.Range(simple).Low >= 0 && Linear.ProvesLess(simple, extent)) continue;
            // Below 0 is far above as an unsigned number.
            var sides = Alike(Index(index), Index(Linear.Of(extent)));
            inside = Both(inside, Let($"icmp ult {sides[0]}, {sides[1].Text}", Scalar.Bool, sides[0].Lanes));
        }
        return inside;
    }

    /// <summary>An address that may be read whatever the check says: a wrong one is replaced, so that no branch is needed.</summary>
    private string SafeAddress(Memory at, Place place, Register? inside)
    {
        if (inside is not { } check) return Address(at, place);
        if (Linear.Range(at.Buffer.Size).Low <= 0) return code.Let($"select {check}, ptr {Address(at, place, sure: false)}, ptr {Module.Zeros()}");
        var first = Index(First(place.Flat, place.Flat.Constant));
        return code.Let($"getelementptr inbounds {at.Type}, ptr {at.Pointer}, i64 {code.Let($"select {check}, {first}, i64 0")}");
    }

    private Register ReadSame(Memory at, Place place, Register? inside) => Let($"load {at.Type}, ptr {SafeAddress(at, place, inside)}, align {(inside is null ? Aligned(at, place) : at.Alignment).Text()}{at.Fact}", Stored(at), 1);

    private Register ReadSide(Memory at, Place place, Register? inside) =>
        Let($"load <{Lanes} x {at.Type}>, ptr {SafeAddress(at, place, inside)}, align {at.Alignment.Text()}{at.Fact}", Stored(at), Lanes);

    private Register ReadMasked(Load load, Memory at, Place place, Register on)
    {
        (on, var count) = (Spread(on, Lanes), Lanes);
        var other = ToMemory(load.Outside is null ? Zero(load.Type, count) : Spread(Value(load.Outside), count));
        return Intrinsic($"llvm.masked.load.{LlvmTypes.Suffix(Stored(at), count)}.p0", new("", Stored(at), count),
            [("ptr", Address(at, place, sure: false)), ("i32", at.Alignment.Text()), (on.Type, on.Text), (other.Type, other.Text)], at.Fact);
    }

    /// <summary>A run read as one wide number and repeated, which machines do in one instruction.</summary>
    private Register ReadRepeated(Memory at, Place place, Register? inside)
    {
        var (run, total) = ((int)lanes[^1].Extent.Whole, Lanes);
        var wide = $"i{(run * Math.Max(8, at.Buffer.Scalar.Bits)).Text()}";
        var one = code.Let($"load {wide}, ptr {SafeAddress(at, place, inside)}, align {at.Alignment.Text()}{at.Fact}");
        var type = $"<{(total / run).Text()} x {wide}>";
        var all = code.Let($"shufflevector {type} {code.Let($"insertelement {type} poison, {wide} {one}, i64 0")}, {type} poison, <{(total / run).Text()} x i32> zeroinitializer");
        return Let($"bitcast {type} {all} to <{total} x {at.Type}>", Stored(at), total);
    }

    private Register ReadApart(Memory at, Place place)
    {
        var (type, all, offsets) = ($"<{Lanes.Text()} x {at.Type}>", "poison", Offsets(place.Steps!));
        if (Runs(offsets) is var (starts, length)) return ReadRuns(at, place, offsets, starts, length);
        var read = new Dictionary<long, string>();
        for (var lane = 0; lane < offsets.Length; lane++)
        {
            if (!read.TryGetValue(offsets[lane], out var one)) read[offsets[lane]] = one = code.Let($"load {at.Type}, ptr {Address(at, place, more: offsets[lane])}, align {at.Alignment.Text()}{at.Fact}");
            all = code.Let($"insertelement {type} {all}, {at.Type} {one}, i64 {lane.Text()}");
        }
        return Made(all, Stored(at), Lanes);
    }

    /// <summary>Lanes that lie in runs, in another order: each run is read at once, a shuffle puts its lanes where they belong. Turning a square of numbers round is this.</summary>
    private Register ReadRuns(Memory at, Place place, long[] offsets, long[] starts, int length)
    {
        var runs = starts.Select(start => Let($"load <{length.Text()} x {at.Type}>, ptr {Address(at, place, more: start)}, align {at.Alignment.Text()}{at.Fact}", Stored(at), length)).ToList();
        while (runs.Count > 1) runs = [.. runs.Chunk(2).Select(pair => Shuffle(pair[0], pair[1], [.. Enumerable.Range(0, 2 * pair[0].Lanes)]))];
        return Shuffle(runs[0], runs[0], [.. offsets.Select(offset => Array.FindLastIndex(starts, start => start <= offset) is var run ? run * length + (int)(offset - starts[run]) : 0)]);
    }

    /// <summary>The runs of neighbours that lanes lie in, if they are equally long, a power of two of them, and each place has one lane.</summary>
    private static (long[] Starts, int Length)? Runs(long[] offsets)
    {
        long[] sorted = [.. offsets.Distinct().Order()];
        long[] starts = [.. sorted.Where((offset, i) => i == 0 || sorted[i - 1] != offset - 1)];
        if (sorted.Length != offsets.Length || starts.Length < 2 || 2 * starts.Length > sorted.Length || !System.Numerics.BitOperations.IsPow2(starts.Length)) return null;
        var length = sorted.Length / starts.Length;
        return starts.Index().All(s => sorted[s.Index * length] == s.Item && sorted[s.Index * length + length - 1] == s.Item + length - 1) ? (starts, length) : null;
    }

    private Register Gather(Load load, Memory at, Place place, Register? on)
    {
        var count = Lanes;
        var other = ToMemory(load.Outside is null ? Zero(load.Type, count) : Spread(Value(load.Outside), count));
        return Intrinsic($"llvm.masked.gather.{LlvmTypes.Suffix(Stored(at), count)}.v{count}p0", new("", Stored(at), count),
            [($"<{count} x ptr>", Addresses(at, place).Text), ("i32", at.Alignment.Text()), ($"<{count} x i1>", on is { } some ? Spread(some, count).Text : "splat (i1 true)"), (other.Type, other.Text)], at.Fact);
    }

    private void Emit(Store store)
    {
        var at = memory[store.Buffer];
        var (value, place) = (Value(store.Value), Locate(at, store.At));
        if (at.PerByte > 1) StorePacked(at, place, value);
        else Write(at, place, ToMemory(value));
        scopes.Forget(store.Buffer);
    }

    private void Write(Memory at, Place place, Register value)
    {
        var align = at.Alignment.Text();
        if (place.Form == PlaceForm.Same && (value.Lanes == 1 || mask is null))
        {
            // Lanes run in order: the last one's number stays.
            var last = value.Lanes == 1 ? value : Let($"extractelement {value}, i64 {(value.Lanes - 1).Text()}", value.Kind, 1);
            code.Line($"store {last}, ptr {Address(at, place)}, align {Aligned(at, place).Text()}{at.Fact}");
            return;
        }
        var all = Spread(value, Lanes);
        if (place.Form == PlaceForm.Contiguous && mask is null) code.Line($"store {all}, ptr {Address(at, place)}, align {align}{at.Fact}");
        else if (place.Form == PlaceForm.Contiguous)
            Command($"llvm.masked.store.{LlvmTypes.Suffix(value.Kind, Lanes)}.p0", [(all.Type, all.Text), ("ptr", Address(at, place, sure: false)), ("i32", align), ($"<{Lanes} x i1>", Spread(mask!.Value, Lanes).Text)], at.Fact);
        else if (place.Form != PlaceForm.Scattered && mask is null && Offsets(place.Steps!) is var offsets && Runs(offsets) is var (starts, length))
            foreach (var start in starts)
                code.Line($"store {Shuffle(all, all, [.. Enumerable.Range(0, length).Select(i => Array.IndexOf(offsets, start + i))])}, ptr {Address(at, place, more: start)}, align {align}{at.Fact}");
        else if (place.Form != PlaceForm.Scattered && mask is null)
            foreach (var (lane, offset) in Offsets(place.Steps!).Index())
                code.Line($"store {at.Type} {code.Let($"extractelement {all}, i64 {lane.Text()}")}, ptr {Address(at, place, more: offset)}, align {align}{at.Fact}");
        else
            Command($"llvm.masked.scatter.{LlvmTypes.Suffix(value.Kind, Lanes)}.v{Lanes}p0",
                [(all.Type, all.Text), ($"<{Lanes} x ptr>", Addresses(at, place).Text), ("i32", align), ($"<{Lanes} x i1>", mask is { } on ? Spread(on, Lanes).Text : "splat (i1 true)")], at.Fact);
    }

    /// <summary>The kind that registers have on their way to and from memory.</summary>
    private static Scalar Stored(Memory at) => at.Buffer.Scalar == Scalar.Bool ? Scalar.U8 : at.Buffer.Scalar;

    private Register FromMemory(Register read, Scalar kind) => kind == Scalar.Bool ? Let($"icmp ne {read}, {Zero(Scalar.U8, read.Lanes).Text}", Scalar.Bool, read.Lanes) : read;

    private Register ToMemory(Register value) => value.Kind == Scalar.Bool ? Let($"zext {value} to {LlvmTypes.Of(Scalar.U8, value.Lanes)}", Scalar.U8, value.Lanes) : value;
}
