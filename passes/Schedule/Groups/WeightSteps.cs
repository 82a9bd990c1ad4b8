using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Weights of which neighbours lie along results, in a kernel that walks along the steps of its sums: laid out once so that steps lie side by side.</summary>
/// <param name="Kernel">The kernel over the weights as laid out.</param>
/// <param name="Packs">What lays each of them out.</param>
internal sealed record WeightSteps(Kernel Kernel, Seq<Kernel> Packs)
{
    /// <summary>Null where no weight would gain.</summary>
    public static WeightSteps? Find(Kernel kernel, IReadOnlySet<string> constants)
    {
        var (axes, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop l; body = l.Body) axes.Add(l.Axis);
        if (body is not Store store || store.Value.Parts().OfType<Reduce>().ToList() is not [{ Axes: [var step] }]) return null;
        var (packs, packed) = (new List<Kernel>(), new Dictionary<Load, Expr>());
        foreach (var load in body.Loads.Where(l => l.Outside is null && constants.Contains(l.Buffer.Name)).Distinct())
        {
            if (!load.At.All(at => at is Axis { Extent: Number } or Number) || !load.Mentions(step) || Linear.Of(load.Buffer.Flat(load.At))[step] == 1) continue;
            Seq<Axis> order = [.. load.At.OfType<Axis>().Where(axis => axis != step), step];
            var rows = new Buffer(FormattableString.Invariant($"{load.Buffer.Name}.steps{packs.Count}"), load.Buffer.Scalar, [.. order.Select(axis => axis.Extent)]);
            packs.Add(Kernel.Over(rows.Name, [rows], Nest(LoopKind.For, order, rows.Set([.. order], load))));
            packed[load] = rows[[.. order]];
        }
        return packs.Count == 0 ? null : new(Kernel.Over(kernel.Name, kernel.Outputs, kernel.Body.Map(e => e.Replace(p => p is Load l ? packed.GetValueOrDefault(l) : null))), [.. packs]);
    }
}
