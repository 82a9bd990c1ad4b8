using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Reads of a small table by an index of each lane: the table lies in registers, whose lanes are put in the index's order, and no lane goes to memory.</summary>
internal sealed partial class BodyEmitter
{
    /// <summary>Most entries: of five bits' codes.</summary>
    private const int MostEntries = 32;

    /// <summary>The entries that lanes ask for; null where the machine has no step for it or the read is of something else.</summary>
    private Register? LookUp(Load load, Memory at)
    {
        if (load.Type != Scalar.F32 || load.At is not [.. var lead, var index] || load.Outside is not null || at.Lanes.Count > 0) return null;
        if (at.Buffer.Shape is not [.., Number { Integer: 4 or 8 or 16 or MostEntries } count] || at.Buffer.Strides is not [.., Number { Integer: 1 }] || index.Type != Scalar.I64) return null;
        // One of many tables: the same for all lanes.
        if (lead.Any(Varies)) return null;
        var (low, high) = Linear.Range(Linear.Of(index, bound).ToExpr());
        if (low < 0 || high >= count.Integer || Permutes((int)count.Integer) is not { } step) return null;
        var code = Spread(Convert(Value(index is Cast { Operand: { Type: Scalar.I32 } whole } ? whole : index), Scalar.I32), Lanes);
        var table = lead.Count == 0 ? at : at with { Pointer = Address(at, Locate(at, [.. lead, 0])) };
        return step(table, (int)count.Integer, code);
    }

    private Func<Memory, int, Register, Register>? Permutes(int entries)
    {
        var target = kernel.Target;
        if (target.Architecture == CpuArchitecture.X86 && Lanes == 16 && target.Has("avx512f")) return Sixteens;
        if (target.Architecture == CpuArchitecture.X86 && Lanes == 8 && target.Has("avx2")) return Eights;
        return target.Architecture == CpuArchitecture.Aarch64 && Lanes == 4 && entries <= 16 ? Bytes : null; // tbl has 64 bytes
    }

    private Register Sixteens(Memory at, int entries, Register index) => entries > 16
        ? Intrinsic("llvm.x86.avx512.vpermi2var.ps.512", new("", Scalar.F32, 16), Table(at, entries, 0, 16), index, Table(at, entries, 16, 16))
        : Intrinsic("llvm.x86.avx512.permvar.sf.512", new("", Scalar.F32, 16), Table(at, entries, 0, 16), index);

    /// <summary>Eight lanes of eight entries; of more, both halves and a choice by the bit that tells them apart.</summary>
    private Register Eights(Memory at, int entries, Register index)
    {
        return Part(0, Math.Max(8, entries));

        Register Part(int from, int count)
        {
            if (count == 8) return Intrinsic("llvm.x86.avx2.permps", new("", Scalar.F32, 8), Table(at, entries, from, 8), index);
            var upper = Let($"icmp ne {Let($"and {index}, {Of(count / 2)}", Scalar.I32, 8)}, {Of(0)}", Scalar.Bool, 8);
            return Choose(upper, Part(from + count / 2, count / 2), Part(from, count / 2));
        }

        string Of(int number) => Spread(new(number.Text(), Scalar.I32, 1), 8).Text;
    }

    /// <summary>AArch64 looks up bytes: the four of each lane's number, in a table of up to 64.</summary>
    private Register Bytes(Memory at, int entries, Register index)
    {
        Register All(string n) => Spread(new(n, Scalar.I32, 1), 4);
        var first = Let($"mul {index}, {All("67372036").Text}", Scalar.I32, 4); // 4·index in each byte
        var places = code.Let($"bitcast {Let($"add {first}, {All("50462976").Text}", Scalar.I32, 4)} to <16 x i8>"); // and 3, 2, 1, 0
        var parts = Enumerable.Range(0, (entries + 3) / 4).Select(part => ("<16 x i8>", code.Let($"bitcast {Table(at, entries, part * 4, 4)} to <16 x i8>"))).ToArray();
        var found = Intrinsic($"llvm.aarch64.neon.tbl{parts.Length.Text()}.v16i8", new("", Scalar.U8, 16), [.. parts, ("<16 x i8>", places)]);
        return Let($"bitcast {found} to <4 x float>", Scalar.F32, 4);
    }

    /// <summary>Some entries as a vector; those beyond the table's end are nobody's.</summary>
    private Register Table(Memory at, int entries, int from, int count)
    {
        var there = Math.Min(count, entries - from);
        var start = from == 0 ? at.Pointer : code.Let($"getelementptr inbounds {at.Type}, ptr {at.Pointer}, i64 {from.Text()}");
        var read = Let($"load <{there.Text()} x {at.Type}>, ptr {start}, align {at.Alignment.Text()}{at.Fact}", Scalar.F32, there);
        return there == count ? read : Shuffle(read, read, [.. Enumerable.Range(0, count).Select(lane => lane % there)]);
    }
}
