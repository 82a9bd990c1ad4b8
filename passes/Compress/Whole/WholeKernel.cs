using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A lowered kernel whose arithmetic is in whole numbers alone.</summary>
internal static class WholeKernel
{
    /// <summary>The same kernel without reals.</summary>
    /// <param name="constant">What stands for an input that holds reals: a buffer of codes, and the step and range of them; null where there is none.</param>
    /// <exception cref="UnservedException">It has no such form.</exception>
    public static Kernel Of(Kernel kernel, Func<Buffer, (Buffer Codes, double Step, double Low, double High)?> constant)
    {
        if (kernel.Outputs.FirstOrDefault(b => b.Scalar.IsReal) is { } real) throw new UnservedException($"{real.Name} is stored as {real.Scalar.Text}");
        var formula = new FixedFormula(load => constant(load.Buffer) is var (codes, step, low, high)
            ? new(Load.Of(codes, load.At, load.Outside is Number { Real: 0 } ? Number.Of(codes.Scalar, 0L) : load.Outside is null ? null : throw new UnservedException($"{load.Buffer.Name} is read outside")).As(Scalar.I64), step, low, high) : null);
        var body = Hoisting.Hoist(Plain(kernel.Body, []).Map(e => e.Parts().Any(part => part.Type.IsReal) ? formula.Whole(e) : e));
        return Kernel.Over(kernel.Name, kernel.Outputs, body) with { Inputs = [.. kernel.Inputs.Select(b => b.Scalar.IsReal ? constant(b)?.Codes ?? throw new UnservedException($"{b.Name} holds reals") : b)] };
    }

    /// <summary>Loops around whole formulas again: what was taken out of inner loops is put back, since steps follow from all of a formula.</summary>
    private static Stmt Plain(Stmt stmt, Dictionary<Buffer, Expr> taken)
    {
        switch (stmt)
        {
            case Scratch { Buffer: { Space: Space.Registers, Shape: [] } buffer, Body: Block { Steps: [Store first, ..] steps } } when first.Buffer == buffer:
                taken = new(taken) { [buffer] = Inlined(first.Value, taken) };
                return Plain(Stmts.Do(steps.Skip(1)), taken);
            case Loop loop: return new Loop(loop.Kind, loop.Axis, Plain(loop.Body, taken));
            case Block block: return Stmts.Do(block.Steps.Select(step => Plain(step, taken)));
            case Store store: return new Store(store.Buffer, store.At, Inlined(store.Value, taken));
            default: throw new UnservedException("a step that is no formula");
        }
    }

    private static Expr Inlined(Expr e, Dictionary<Buffer, Expr> taken) => taken.Count == 0 ? e : e.Replace(part => part is Load load && taken.TryGetValue(load.Buffer, out var value) ? value : null);
}
