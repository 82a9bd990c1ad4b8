namespace Lathe.Ir;

/// <summary>
/// A function over buffers: the narrow waist between graphs and targets. As lowered, its body is plain loops around formulas with
/// reductions; as scheduled, the same numbers in an order, at places and in widths that a machine likes. Both print, read back and run.
/// </summary>
/// <param name="Inputs">Buffers that the body reads.</param>
/// <param name="Outputs">Buffers that the body fills.</param>
/// <param name="External">A function of C that is called in its place where code is linked; such a kernel stays as it was lowered.</param>
public sealed record Kernel(string Name, Seq<Buffer> Inputs, Seq<Buffer> Outputs, Stmt Body, External? External = null)
{
    /// <summary>A kernel whose inputs are the argument buffers that its body reads and does not fill.</summary>
    public static Kernel Over(string name, Seq<Buffer> outputs, Stmt body) =>
        new(name, [.. body.Loads.Select(load => load.Buffer).Where(b => b.Space == Space.Argument && !outputs.Contains(b)).Distinct()], outputs, body);

    /// <summary>Symbols that extents, indices and shapes mention, by name.</summary>
    public Seq<Symbol> Symbols => [.. Body.All.SelectMany(s => s.Own)
        .Concat(Inputs.Concat(Outputs).SelectMany(b => b.Shape.Concat(b.Apart)))
        .SelectMany(e => e.Parts()).SelectMany(e => e is Axis axis ? Extents([axis]) : e is Reduce reduce ? Extents(reduce.Axes) : e is Dot dot ? Extents([dot.Lane]) : [e])
        .OfType<Symbol>().Distinct().OrderBy(s => s.Name, StringComparer.Ordinal)];

    private static IEnumerable<Expr> Extents(Seq<Axis> axes) => axes.SelectMany(axis => axis.Extent.Parts());
}
