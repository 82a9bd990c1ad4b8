using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Plain weights of which neighbours lie neither along results nor along the steps of the sum, as those of a convolution: laid out once so that they lie along results.</summary>
/// <param name="Contraction">The contraction over the weights as laid out.</param>
/// <param name="Pack">What lays them out.</param>
internal sealed record WeightRows(Contraction Contraction, Kernel Pack)
{
    public static WeightRows? Find(Contraction contraction, IReadOnlySet<string> constants)
    {
        // Narrow weights are laid out as narrow as they are.
        if ((contraction.B is Cast cast ? cast.Operand : contraction.B) is not Load { Outside: null } load || !constants.Contains(load.Buffer.Name)) return null;
        // A number that another number places (an entry of a table) is decoded where it is read, and a place that a dimension moves is not known yet.
        if (load.At.Any(at => at.Parts().Any(p => p is Load or Symbol))) return null;
        Seq<Axis> axes = [.. contraction.Batch.Where(load.Mentions), .. contraction.NearLast(), .. contraction.N];
        if (!axes.All(axis => axis.Extent is Number)) return null;
        var place = Linear.Of(load.Buffer.Flat(load.At));
        if (place[contraction.N[^1]] == 1 || place[contraction.NearLast()[^1]] == 1) return null;
        var packed = new Buffer($"{load.Buffer.Name}.rows", load.Buffer.Scalar, [.. axes.Select(axis => axis.Extent)]);
        var pack = Kernel.Over($"{contraction.Kernel.Name}.rows", [packed], Nest(LoopKind.For, axes, packed.Set([.. axes], load)));
        Expr read = packed[[.. axes]];
        if (contraction.B is Cast wide) read = read.As(wide.Type);
        return new(contraction with { B = read }, pack);
    }
}
