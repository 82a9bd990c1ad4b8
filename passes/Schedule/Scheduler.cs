using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Chooses a template for a lowered kernel by its formula.</summary>
public static class Scheduler
{
    /// <param name="kernel">As lowered: plain loops around formulas.</param>
    /// <param name="machine">What it will run on.</param>
    /// <param name="constants">Names of input buffers that are weights: they may be packed by the compiler.</param>
    /// <param name="mostError">What an algorithm that rounds more than the plain sum may be off by, as a share of the largest result; 0 for none.</param>
    public static Scheduled Schedule(Kernel kernel, Machine machine, IReadOnlySet<string> constants, double mostError = 0)
    {
        // What it may be given and where that lies is settled.
        if (kernel.External is { } external) return new(kernel, [], $"calls {external.Symbol}", new VectorNest(machine, constants).Schedule(kernel).Pace);
        if (RowChain.Find(kernel, machine) is { } chain) return chain.Schedule(constants, mostError);
        var wanted = machine.Chosen?.Template ?? Template.Model;
        if (wanted != Template.Vectors && Contraction.Find(kernel, constants) is { } contraction)
        {
            var constantB = contraction.IsConstantB(constants);
            if (DirectContraction.Fits(contraction, constantB))
            {
                var direct = new DirectContraction(contraction, machine);
                return new(direct.Compute(), [direct.PackB()], direct.Describe(), direct.Pace);
            }
            if (DotContraction.Find(contraction, machine, constantB) is { } dotted) return new(dotted.Compute(), [.. dotted.PackB()], dotted.Describe(), dotted.Pace);
            if (RowDots.Fits(contraction, constantB))
            {
                var dots = new RowDots(contraction, machine);
                return new(dots.Compute(), [], dots.Describe(), dots.Pace);
            }
            var sparse = SparseContraction.Find(contraction, machine, constantB)?.Scheduled ?? RatioContraction.Find(contraction, machine, constantB)?.Scheduled;
            if (BlockedContraction.Fits(contraction, constantB))
            {
                var blocked = new BlockedContraction(contraction, machine, constantB);
                var found = wanted == Template.Winograd ? WinogradContraction.Of(contraction, machine, constantB, machine.Chosen!.Results) : blocked.IsInPlace ? null : WinogradContraction.Find(contraction, machine, constantB, mostError);
                var winograd = found is not null && (wanted == Template.Model ? found.Steps < 0.9 * blocked.Steps : wanted == Template.Winograd && found.Error <= mostError) ? found : null;
                string threads = machine.WhyShared(contraction), tile = blocked.Weighed;
                Seq<string> decided = [.. WinogradContraction.Why(contraction, machine, constantB, mostError, blocked.Steps), .. winograd is null && tile != "" ? (string[])[tile] : [], threads];
                var dense = winograd?.Steps ?? blocked.Steps;
                if (sparse is not null && (wanted == Template.Model ? sparse.Steps < dense : wanted == Template.Sparse)) return new(sparse.Compute(), [.. sparse.Once()], FormattableString.Invariant($"{sparse.Template} ({sparse.Steps / 1e6:0.00} against {dense / 1e6:0.00} M steps)"), sparse.Pace) { Why = decided };
                var why = sparse is null ? "" : FormattableString.Invariant($", dense: {sparse.Template} would take {sparse.Steps / 1e6:0.00} against {dense / 1e6:0.00} M steps");
                if (winograd is not null)
                    return new(winograd.Compute(), [winograd.PackB()], FormattableString.Invariant($"{winograd.Describe()}, error {winograd.Error:0.0e+0} ({winograd.Steps / 1e6:0.00} against {blocked.Steps / 1e6:0.00} M steps)") + why, winograd.Pace) { Why = decided };
                if (sparse is null && blocked is { Gathers: true, IsInPlace: false } && WindowContraction.Find(contraction, machine, constantB) is { } windows) return new(windows.Compute(), [.. windows.PackB()], windows.Describe(), windows.Pace) { Why = decided };
                return new(blocked.Compute(), [.. blocked.PackB()], blocked.Describe() + why, blocked.Pace) { Why = decided };
            }
        }
        return new VectorNest(machine, constants).Schedule(kernel);
    }
}
