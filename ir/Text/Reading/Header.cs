using System.Globalization;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>What the headers of graphs, kernels and programs share: dimensions, checks, parameters.</summary>
internal static class Header
{
    /// <summary>Declares dimensions; gives them in the order of the text.</summary>
    public static Seq<Symbol> Where(FormulaReader formulas, SourceFaults faults, IrParser.WhereContext? context)
    {
        var all = new List<Symbol>();
        foreach (var dimension in context?.dimension() ?? [])
        {
            faults.Try(dimension.Start, () =>
            {
                var name = formulas.Label(dimension.label());
                long Bound(IrParser.WholeContext bound) => long.TryParse(bound.GetText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw faults.At("LT3004", bound.Start, $"{bound.GetText()} is too large");
                var (low, high) = (Bound(dimension.whole(0)), dimension.whole(1) is { } last ? Bound(last) : Symbol.Unbounded);
                if (low > high) throw faults.At("LT3004", dimension.Start, $"{name} is in {low}..{high}, which holds nothing");
                if (all.Exists(s => s.Name == name)) throw faults.At("LT3003", dimension.Start, $"{name} is declared twice");
                all.Add((Symbol)Symbol.Of(name, low, high));
                formulas.Symbols.Define(name, all[^1]);
            });
        }
        return [.. all];
    }

    public static Seq<Guarded> Checks(FormulaReader formulas, SourceFaults faults, IEnumerable<IrParser.CheckContext> contexts)
    {
        var all = new List<Guarded>();
        foreach (var check in contexts) faults.Try(check.Start, () => all.Add(new(formulas.Read(check.expr()), formulas.Text(check.STRING().Symbol, check.STRING().GetText()))));
        return [.. all];
    }

    public static Seq<Value> Parameters(FormulaReader formulas, LiteralReader literals, SourceFaults faults, IrParser.ParamsContext? context, Scoped<Value> scope)
    {
        var all = new List<Value>();
        foreach (var param in context?.param() ?? [])
        {
            var at = param.LOCAL().Symbol;
            var name = formulas.Local(at);
            if (scope.TryFind(name, out _)) faults.Add("LT3003", at, $"%{name} is there twice");
            scope.Define(name, null);
            faults.Try(at, () =>
            {
                var type = literals.Type(param.type());
                Seq<Expr>? known = param.elements() is { } elements ? formulas.Read(elements.expr()) : null;
                if (known is { } contents && (!type.IsStatic || contents.Count != type.Count)) throw faults.At("LT3004", param.Start, $"{type} has not {contents.Count} elements");
                all.Add(new(name, type, default, known));
                scope.Define(name, all[^1]);
            });
        }
        return [.. all];
    }
}
