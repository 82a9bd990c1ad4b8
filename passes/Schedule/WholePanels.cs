using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// Weights of whole numbers in panels of sixteen columns, the steps that one machine step adds together side by side. Codes below a byte stay so: a byte holds the same
/// place of steps that follow one another, so that a shift and a mask make a vector of bytes.
/// </summary>
internal sealed class WholePanels
{
    private readonly Contraction contraction;
    private readonly WholeFactor b;
    private readonly Expr code;
    private readonly Flattened columns, steps;
    private readonly Seq<Axis> batch;
    private readonly long width, group, depth;
    private readonly Expr count;
    private readonly List<(Load Load, Buffer Packed, long PerByte)> codes = [];
    private readonly List<(Load Load, Buffer Packed)> shared = [];
    private readonly Buffer? sums;

    /// <param name="product">What is multiplied; its B is laid out.</param>
    /// <param name="order">The summed axes as the other side has them.</param>
    /// <param name="width">Steps that one machine step adds.</param>
    /// <param name="shift">What is added to a code so that the machine step takes it.</param>
    /// <param name="kind">Of the codes in memory where they are bytes.</param>
    /// <param name="sums">Whether sums of columns are asked for.</param>
    public WholePanels(Contraction contraction, WholeProduct product, Flattened columns, Seq<Axis> order, long width, long shift, Scalar kind, bool sums)
    {
        (this.contraction, this.columns, this.width, steps, group) = (contraction, columns, width, new(order), product.Group);
        b = new(shift == 0 ? product.B.Code : product.B.Code + shift, shift == 0 ? product.B.Zero : product.B.Zero + shift);
        (Shift, Kind, code) = (shift, kind, product.B.Code);
        batch = [.. contraction.Batch.Where(contraction.B.Mentions)];
        count = Linear.Simplify((columns.Extent + (Tile.Panel - 1)) / Tile.Panel);
        depth = steps.Static;
        var name = $"{contraction.Output.Buffer.Name}.panels";
        string Next() => codes.Count + shared.Count == 0 ? name : FormattableString.Invariant($"{name}.{codes.Count + shared.Count}");
        PerByte = Codes(product).Max(load => Math.Max(1, 8 / load.Buffer.Scalar.Bits));
        foreach (var load in Codes(product))
        {
            var each = Math.Max(1, 8 / load.Buffer.Scalar.Bits);
            codes.Add((load, new(Next(), each > 1 ? load.Buffer.Scalar : kind, [.. batch.Select(a => a.Extent), count, Padded / (width * each), Tile.Panel, width, each]), each));
        }
        if (group > 0)
            foreach (var load in product.B.Zero.Parts().Concat(product.Scale?.Parts() ?? []).Concat(product.Step?.Parts() ?? []).OfType<Load>().Distinct().Where(load => contraction.K.Any(load.Mentions)))
                shared.Add((load, new(Next(), load.Buffer.Scalar, [.. batch.Select(a => a.Extent), count, Groups, Tile.Panel])));
        if (sums) this.sums = new(Next(), Scalar.I32, [.. batch.Select(a => a.Extent), count, Groups, Tile.Panel]);
    }

    /// <summary>Whether the formula of the weights is one that panels can hold: whole arrays of at most a byte, one of them or a sum of several.</summary>
    public static bool Fits(Contraction contraction, WholeProduct product, long width)
    {
        var loads = Codes(product).ToList();
        var bits = loads.Count == 0 ? 0 : loads.Min(load => load.Buffer.Scalar.Bits);
        return loads.Count > 0 && loads.TrueForAll(load => load is { Outside: null, Buffer.Scalar: { IsInteger: true, Bits: <= 8 } }) && (loads.Count == 1 || loads.TrueForAll(load => load.Buffer.Scalar.Bits < 8))
            && (product.Group == 0 || product.Group % (width * 8 / bits) == 0) && Narrowed(product.B.Code, loads[0].Buffer.Scalar.Bits == 8 && loads[0].Buffer.Scalar.IsSigned ? Scalar.I8 : Scalar.U8) is not null;
    }

    private long Shift { get; }
    private Scalar Kind { get; }

    /// <summary>Steps that share bytes: the unrolled steps must be a multiple.</summary>
    public long PerByte { get; }

    /// <summary>Steps with those that fill up the last.</summary>
    public long Padded => Up(depth, width * PerByte) * width * PerByte;

    /// <summary>How many groups there are.</summary>
    public long Groups => group == 0 ? 1 : Up(depth, group);

    /// <summary>The zero point of what is multiplied, of a column in a group.</summary>
    public Expr Zero(Expr panel, Expr g, Expr column, IEnumerable<(Axis, Expr)> at) => Shared(b.Zero, panel, g, column).Placed(at);

    /// <summary>The scale, or step, of a column in a group.</summary>
    public Expr Scale(Expr scale, Expr panel, Expr g, Expr column, IEnumerable<(Axis, Expr)> at) => Shared(scale, panel, g, column).Placed(at);

    /// <summary>The sum of a column's codes in a group.</summary>
    public Expr Sum(Expr panel, Expr g, Expr column) => sums![[.. batch, panel, g, column]];

    /// <summary>Bytes of all panels.</summary>
    public long Bytes => codes.Select(c => c.Packed).Concat(shared.Select(s => s.Packed)).Sum(packed => packed.Scalar.Bytes(packed.Size.Whole));

    /// <summary>Whether zero points are other than 0.</summary>
    public bool HasZero => !b.IsPlain;

    /// <summary>A code as the machine step takes it.</summary>
    /// <param name="k">Machine step.</param>
    /// <param name="lane">Of the steps that it adds.</param>
    public Expr At(Expr panel, Expr k, Expr column, Expr lane)
    {
        Load Read(Load load)
        {
            var (_, packed, each) = codes.First(c => c.Load == load);
            return (Load)packed[[.. batch, panel, Linear.Simplify(k / each), column, lane, Linear.Simplify(k % each)]];
        }
        if (codes is [{ PerByte: 1 } only]) return Read(only.Load);
        return Narrowed(code, Kind)!.Replace(part => part is Load load && codes.Exists(c => c.Load == load) ? Read(load) : null);
    }

    /// <summary>The kernels that lay weights out, once, in the compiler.</summary>
    public IEnumerable<Kernel> Pack()
    {
        foreach (var (load, packed, each) in codes) yield return Kernel.Over(packed.Name, [packed], Nest(LoopKind.For, batch, Codes(load, packed, each)));
        foreach (var (load, packed) in shared) yield return Kernel.Over(packed.Name, [packed], Nest(LoopKind.For, batch, Groupwise(packed, (g, column) => load.Placed([.. At(Step(g)), .. column]))));
        if (sums is not null) yield return Kernel.Over(sums.Name, [sums], Nest(LoopKind.For, batch, Groupwise(sums, (g, column) =>
        {
            var (step, size) = (new Axis("t", group == 0 ? depth : group), group == 0 ? depth : group);
            var at = Linear.Simplify(g * size + step);
            var code = b.Code.Placed([.. At(Linear.Simplify(Expr.Min(at, depth - 1))), .. column]);
            return Reduce.Of(ReduceKind.Sum, [step], Linear.ProvesLess(at, depth) ? code : Expr.Select(at < depth, code, 0));
        })));
    }

    /// <summary>The arrays that codes are read from.</summary>
    private static IEnumerable<Load> Codes(WholeProduct product) => product.B.Code.Parts().OfType<Load>().Distinct();

    /// <summary>A formula of codes in the kind of a byte; null where it does not fit one.</summary>
    private static Expr? Narrowed(Expr e, Scalar kind)
    {
        if (Linear.Range(e) is var range && (range.Low < kind.Range.Low || range.High > kind.Range.High)) return null;
        return e switch
        {
            Load load => load.As(kind),
            Cast cast => Narrowed(cast.Operand, kind),
            Number n => Number.Of(kind, n.Integer),
            Binary binary when Narrowed(binary.A, kind) is { } a && Narrowed(binary.B, kind) is { } b => Binary.Of(binary.Operator, a, b),
            _ => null,
        };
    }

    private Expr Shared(Expr e, Expr panel, Expr g, Expr column) => e.Replace(part => part is Load load && shared.Exists(s => s.Load == load) ? shared.First(s => s.Load == load).Packed[[.. batch, panel, g, column]] : null);

    private Stmt Codes(Load load, Buffer packed, long each) => For("n", count, n => For("k", Padded / (width * each), k => For("j", Tile.Panel, j => For("q", width, q => For("h", each, h =>
    {
        var (step, column) = (Linear.Simplify((k * each + h) * width + q), Linear.Simplify(n * Tile.Panel + j));
        var value = load.Placed([.. At(Linear.Simplify(Expr.Min(step, depth - 1))), .. columns.At(Linear.Simplify(Expr.Min(column, columns.Extent - 1)))]);
        if (each == 1 && (Shift != 0 || packed.Scalar != load.Buffer.Scalar)) value = (value.As(Scalar.I32) + Shift).As(packed.Scalar);
        return packed.Set([.. batch, n, k, j, q, h], Exists(step, column, value));
    })))));

    private Stmt Groupwise(Buffer packed, Func<Expr, IEnumerable<(Axis, Expr)>, Expr> value) => For("n", count, n => For("g", Groups, g => For("j", Tile.Panel, j =>
    {
        var column = Linear.Simplify(n * Tile.Panel + j);
        return packed.Set([.. batch, n, g, j], Exists(0, column, value(g, columns.At(Linear.Simplify(Expr.Min(column, columns.Extent - 1))))));
    })));

    private Expr Step(Expr g) => Linear.Simplify(Expr.Min(g * group, depth - 1));

    private IEnumerable<(Axis, Expr)> At(Expr step) => steps.At(step);

    private Expr Exists(Expr step, Expr column, Expr value)
    {
        Expr exists = true;
        if (!Linear.ProvesLess(step, depth)) exists &= step < depth;
        if (!Linear.ProvesLess(column, columns.Extent)) exists &= column < columns.Extent;
        return exists is Number ? value : Expr.Select(exists, value, value.Type.IsReal ? Number.Of(value.Type.Arithmetic, 0.0).As(value.Type) : Number.Of(value.Type.Arithmetic, 0L).As(value.Type));
    }
}
