using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Places in one stretch of memory. Every place starts at a multiple of <see cref="ScratchLayout.Alignment"/> bytes.</summary>
public static class Arena
{
    public static Expr Aligned(Expr bytes) => Linear.Simplify((bytes + (ScratchLayout.Alignment - 1)) / ScratchLayout.Alignment * ScratchLayout.Alignment);

    /// <summary>The plan that shares nothing: slots one after another, then room for the scratch of any one step. Weights one after another too.</summary>
    public static Program Apart(Program program)
    {
        Expr arena = 0, weights = 0;
        var slots = program.Slots.Select(slot =>
        {
            if (slot.Kind is SlotKind.Arena) return slot with { Offset = Next(ref arena, slot) };
            return slot.Kind is SlotKind.Weight ? slot with { Offset = Next(ref weights, slot) } : slot with { Offset = 0 };
        }).ToSeq();
        Expr scratch = 0;
        var steps = program.Steps.Select(step =>
        {
            if (step is not CallKernel call) return step;
            var bytes = ScratchLayout.Of(program.Kernels.First(k => k.Name == call.Kernel)).Bytes;
            if (bytes is Number { Integer: 0 }) return call with { Scratch = null };
            scratch = Linear.Simplify(Expr.Max(scratch, Aligned(bytes)));
            return call with { Scratch = arena };
        }).ToSeq();
        return program with { Slots = slots, Steps = steps, ArenaBytes = Linear.Simplify(arena + scratch) };

        static Expr Next(ref Expr end, Slot slot)
        {
            var start = end;
            end = Linear.Simplify(end + Aligned(slot.Bytes));
            return start;
        }
    }
}
