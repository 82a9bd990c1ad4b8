using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Kernels that fill a part of a larger tensor: what a concatenation sets side by side is stored where it belongs by what computes it.</summary>
internal static class SideBySide
{
    /// <summary>Fewest numbers for which kernels of their own pay.</summary>
    private const long Least = 256;

    /// <summary>Where each operand of a step lies in its result; null where the step does anything but set dense operands side by side.</summary>
    public static Seq<Seq<Expr>>? Places(Node node) =>
        node.Results is [{ Type.Encoding: Dense } result] && node.Regions.Count == 0 && node.Operands.All(v => v is not null && v.Type.Encoding == result.Type.Encoding)
        && result.Type.Scalar.Bits >= 8 && Sizes.Guess(result.Type.Size) >= Least ? node.Op.Places(GraphBuilder.Operands(node.Operands)) : null;

    /// <summary>A kernel that stores its only result at a place of a larger tensor.</summary>
    public static Kernel Into(Kernel kernel, Buffer whole, Seq<Expr> place)
    {
        var (part, target) = (kernel.Outputs[0], whole with { Name = kernel.Outputs[0].Name });
        return kernel with { Outputs = [target], Body = Moved(kernel.Body) };

        Seq<Expr> Shifted(Seq<Expr> at) => [.. at.Zip(place).Select(p => Linear.Simplify(p.First + p.Second))];

        Stmt Moved(Stmt stmt) => stmt switch
        {
            Store s when s.Buffer == part => new Store(target, Shifted(s.At), Read(s.Value)),
            Store s => new Store(s.Buffer, [.. s.At.Select(Read)], Read(s.Value)),
            Loop l => new Loop(l.Kind, l.Axis, Moved(l.Body)),
            Block b => new Block([.. b.Steps.Select(Moved)]),
            Scratch s => new Scratch(s.Buffer, Moved(s.Body)),
            Guard g => new Guard(Read(g.Condition), Moved(g.Body)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        Expr Read(Expr e) => e.Replace(p => p is Load { Outside: null } load && load.Buffer == part ? Load.Of(target, Shifted([.. load.At.Select(Read)])) : null);
    }

    /// <summary>A kernel that reads one of its inputs at a place of a larger tensor; null where it asks whether an index is inside along an axis that is longer there.</summary>
    public static Kernel? From(Kernel kernel, Buffer input, Buffer whole, Seq<Expr> place)
    {
        var target = whole with { Name = input.Name };
        var longer = input.Shape.Index().Where(axis => !Linear.ProvesEqual(axis.Item, whole.Shape[axis.Index])).Select(axis => axis.Index).ToList();
        bool Stays(Load load) => load.Outside is null || longer.TrueForAll(i => Linear.Range(load.At[i]).Low >= 0 && Linear.ProvesLess(load.At[i], input.Shape[i]));
        if (!kernel.Body.Loads.Where(l => l.Buffer == input).All(Stays)) return null;
        return kernel with { Inputs = [.. kernel.Inputs.Select(b => b == input ? target : b)], Body = kernel.Body.Map(Read) };

        Expr Read(Expr e) => e.Replace(p => p is Load load && load.Buffer == input
            ? Load.Of(target, [.. load.At.Zip(place).Select(at => Linear.Simplify(Read(at.First) + at.Second))], load.Outside is { } o ? Read(o) : null) : null);
    }

    /// <summary>A kernel that copies a tensor to a place of a larger one.</summary>
    public static Kernel Copy(Buffer source, Buffer whole, Seq<Expr> place)
    {
        Seq<Axis> axes = [.. source.Shape.Select((extent, i) => new Axis($"i{i}", extent))];
        Seq<Expr> at = [.. axes];
        return new($"{whole.Name}.{source.Name}", [source], [whole], Stmts.Nest(LoopKind.For, axes.Where(a => a.Extent is not Number { Integer: 1 }),
            whole.Set([.. at.Zip(place).Select(p => Linear.Simplify(p.First + p.Second))], source[[.. at.Select(Linear.Simplify)]])));
    }
}
