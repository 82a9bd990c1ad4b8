using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// The case of a product of few rows in a kernel for any number of rows: a decoder's one token beside its prompt. Few rows are read with other templates,
/// of weights packed the same way; which kernel runs is decided by the dimensions of a run.
/// </summary>
/// <param name="Condition">On the dimensions: those that rows depend on are 1.</param>
/// <param name="Kernel">The lowered kernel for these dimensions, over buffers of the same names.</param>
public sealed record FewRows(Expr Condition, Kernel Kernel)
{
    /// <summary>Most rows that a template of its own is for.</summary>
    private const long Most = 4;

    /// <summary>The case of a kernel as lowered; null where it is no product, its rows are known, or they are many even for dimensions of 1.</summary>
    public static FewRows? Find(Kernel kernel, IReadOnlySet<string> constants)
    {
        if (kernel.Symbols.Count == 0 || kernel.External is not null || Contraction.Find(kernel, constants) is not { } contraction) return null;
        var symbols = contraction.M.SelectMany(axis => axis.Extent.Parts()).OfType<Symbol>().Distinct().OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        if (symbols.Count == 0 || symbols.Exists(s => s.Low > 1 || s.High < 2)) return null;
        var known = symbols.ToDictionary(s => s, _ => (Expr)1);
        if (Linear.Simplify(new Flattened(contraction.M).Extent.Replace(e => e is Symbol s && known.ContainsKey(s) ? 1 : null)) is not Number { Integer: > 0 and <= Most and var rows }) return null;
        return new(symbols.Select(s => Expr.Same(s, 1)).Aggregate((all, one) => all & one), KnownDimensions.In(kernel, known) with { Name = FormattableString.Invariant($"{kernel.Name}.rows{rows}") });
    }
}
