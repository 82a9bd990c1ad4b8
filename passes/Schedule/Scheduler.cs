using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Chooses a template for a lowered kernel by its formula.</summary>
public static class Scheduler
{
    /// <param name="kernel">As lowered: plain loops around formulas.</param>
    /// <param name="machine">What it will run on.</param>
    /// <param name="constants">Names of input buffers that are weights: they may be packed by the compiler.</param>
    public static Scheduled Schedule(Kernel kernel, Machine machine, IReadOnlySet<string> constants)
    {
        if (Contraction.Find(kernel, constants) is { } contraction)
        {
            var constantB = contraction.IsConstantB(constants);
            if (DirectContraction.Fits(contraction, constantB))
            {
                var direct = new DirectContraction(contraction, machine);
                return new(direct.Compute(), [direct.PackB()], direct.Describe());
            }
            if (RowDots.Fits(contraction, constantB))
            {
                var dots = new RowDots(contraction, machine);
                return new(dots.Compute(), [], dots.Describe());
            }
            if (BlockedContraction.Fits(contraction, constantB))
            {
                var blocked = new BlockedContraction(contraction, machine, constantB);
                return new(blocked.Compute(), blocked.PackB() is { } pack ? [pack] : [], blocked.Describe());
            }
        }
        return new VectorNest(machine, constants).Schedule(kernel);
    }
}
