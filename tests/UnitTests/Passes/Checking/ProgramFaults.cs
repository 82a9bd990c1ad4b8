using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes.Checking;

/// <summary>Faults of the passes on programs: wrong loops, wrong reads, wrong calls, wrong places.</summary>
internal static class ProgramFaults
{
    public static IEnumerable<SeededFault> All =>
    [
        Formula("lower", "the smaller of two in place of the larger", e => e is Call { Function: Function.Max } c ? Expr.Min(c.Arguments[0], c.Arguments[1]) : null),
        Formula("lower", "a sum that ends one early", Shorter),
        Formula("lower", "a difference turned round", e => e is Binary { Operator: Operator.Subtract, Type.IsReal: true } b ? b.B - b.A : null),
        Loops("lower", "a loop that ends one early", l => l.Axis.Extent is Number { Integer: > 2 }, -1),
        Calls("lower", "two operands of a call exchanged", Exchanged),

        Calls("precompute", "what the compiler worked out filled from other weights", Exchanged, once: true),
        Formula("precompute", "a square root forgotten", e => e is Call { Function: Function.Sqrt } c ? c.Arguments[0] : null),

        new("in_place", "a result stored over an operand that is read again", (_, after) => new(Overwriting(after.MustBeProgram))),
        Formula("in_place", "the exponential of the negative", e => e is Call { Function: Function.Exp } c ? Expr.Exp(-c.Arguments[0]) : null),

        Loops("schedule_kernels", "vectors that miss the last one", l => l is { Kind: LoopKind.Vector } || l.Body is Loop { Kind: LoopKind.Vector } && l.Axis.Extent is Number { Integer: > 1 }, -1),
        Loops("schedule_kernels", "a parallel loop one too long", l => l.Kind == LoopKind.Parallel || l.Kind == LoopKind.For && l.Axis.Extent is Number { Integer: > 1 }, 1),
        Formula("schedule_kernels", "an accumulator that forgets what it held", e => e is Call { Function: Function.Fma } c ? Expr.Fma(c.Arguments[0], c.Arguments[1], 0.0f) : null),
        Formula("schedule_kernels", "a bound of an activation at 1", e => e is Call { Function: Function.Max } c && c.Arguments[1] is Number { IsReal: true, Real: 0 } ? Expr.Max(c.Arguments[0], 1.0f) : null),
        Calls("schedule_kernels", "a call of the kernel next to it", Neighbour),

        new("plan", "two values that live at once in one place", (_, after) => new(after.MustBeProgram with { Slots = [.. after.MustBeProgram.Slots.Select(s => s.Kind == SlotKind.Arena ? s with { Offset = 0 } : s)] })),
        new("plan", "a slot that begins within another", (_, after) => new(after.MustBeProgram with { Slots = [.. after.MustBeProgram.Slots.Select(s => s.Kind == SlotKind.Arena && s.Offset is Number { Integer: >= 64 } n ? s with { Offset = n.Integer - 64 } : s)] })),
    ];

    private static SeededFault Kernels(string pass, string what, Func<Kernel, Kernel> spoil) => new(pass, what, (_, after) => new(after.MustBeProgram with { Kernels = [.. after.MustBeProgram.Kernels.Select(spoil)] }));

    private static SeededFault Formula(string pass, string what, Func<Expr, Expr?> spoil) => Kernels(pass, what, k => k with { Body = k.Body.Map(e => e.Replace(spoil)) });

    /// <summary>Loops of some kind with one iteration less or more; the first of each kernel.</summary>
    private static SeededFault Loops(string pass, string what, Func<Loop, bool> where, int more) => Kernels(pass, what, kernel =>
    {
        var done = false;
        return kernel with { Body = Visit(kernel.Body) };

        Stmt Visit(Stmt stmt)
        {
            if (!done && stmt is Loop loop && where(loop))
            {
                done = true;
                var axis = new Axis(loop.Axis.Name, loop.Axis.Extent + more);
                return new Loop(loop.Kind, axis, loop.Body.Map(e => e.Replace(part => part == loop.Axis ? axis : null)));
            }
            return stmt switch
            {
                Loop l => new Loop(l.Kind, l.Axis, Visit(l.Body)),
                Block b => new Block([.. b.Steps.Select(Visit)]),
                Scratch s => new Scratch(s.Buffer, Visit(s.Body)),
                Guard g => new Guard(g.Condition, Visit(g.Body)),
                _ => stmt,
            };
        }
    });

    private static SeededFault Calls(string pass, string what, Func<Program, CallKernel, CallKernel> spoil, bool once = false) => new(pass, what, (_, after) => after.MustBeProgram is var program && once
        ? new(program with { Once = [.. program.Once.Select(c => spoil(program, c))] })
        : new(program with { Steps = [.. program.Steps.Select(s => s is CallKernel c ? spoil(program, c) : s)] }));

    /// <summary>Two operands of one size exchanged.</summary>
    private static CallKernel Exchanged(Program program, CallKernel call)
    {
        var inputs = program.Kernels.First(k => k.Name == call.Kernel).Inputs;
        for (var i = 0; i + 1 < inputs.Count; i++)
            if (inputs[i].Size == inputs[i + 1].Size && inputs[i].Scalar == inputs[i + 1].Scalar) return call with { Arguments = call.Arguments.With(i, call.Arguments[i + 1]).With(i + 1, call.Arguments[i]) };
        return call;
    }

    /// <summary>Another kernel of the same form.</summary>
    private static CallKernel Neighbour(Program program, CallKernel call)
    {
        var own = program.Kernels.First(k => k.Name == call.Kernel);
        var other = program.Kernels.FirstOrDefault(k => k.Name != own.Name && Form(k) == Form(own) && ScratchLayout.Of(k).Bytes == ScratchLayout.Of(own).Bytes);
        return other is null ? call : call with { Kernel = other.Name };
    }

    private static (Seq<(Scalar, Expr)>, Seq<(Scalar, Expr)>) Form(Kernel kernel) => ([.. kernel.Inputs.Select(b => (b.Scalar, b.Size))], [.. kernel.Outputs.Select(b => (b.Scalar, b.Size))]);

    /// <summary>The first step that could, were its operand not read again, stores over it.</summary>
    private static Program Overwriting(Program program)
    {
        var slots = program.Slots.ToDictionary(s => s.Name);
        foreach (var (at, step) in program.Steps.OfType<CallKernel>().Index())
        {
            var inputs = program.Kernels.First(k => k.Name == step.Kernel).Inputs.Count;
            var made = step.Arguments[^1];
            if (slots[made].Kind != SlotKind.Arena || step.Arguments.Count != inputs + 1) continue;
            var over = step.Arguments.Take(inputs).FirstOrDefault(a => slots[a].Kind == SlotKind.Arena && slots[a].Size == slots[made].Size && slots[a].Scalar == slots[made].Scalar && program.Steps.OfType<CallKernel>().Skip(at + 1).Any(c => c.Arguments.Contains(a)));
            if (over is null) continue;
            Seq<Step> steps = [.. program.Steps.Select((s, i) => i < at || s is not CallKernel c ? s : c with { Arguments = [.. c.Arguments.Select(a => a == made ? over : a)] })];
            return program with { Steps = steps };
        }
        return program;
    }

    private static Expr? Shorter(Expr e) => e is Reduce { Axes: [{ Extent: Number { Integer: > 2 } extent } axis, .. var rest], Kind: ReduceKind.Sum } sum
        ? Expr.Reduce(sum.Kind, [extent.Integer - 1, .. rest.Select(a => a.Extent)], at => sum.Body.Substitute([.. sum.Axes.Zip(at).Select(p => (p.First, p.Second))])) : null;
}
