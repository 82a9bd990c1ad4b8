using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Numbers of a run that are not needed at the same time go by one name, so that kernels which differ in nothing else are one: the experts of a layer, each of
/// which multiplies as many rows as went to it.
/// </summary>
internal static class SharedSymbols
{
    /// <summary>The program with fewer names. Only numbers of one range and one bound share theirs, and only those that calls and numbers of the outermost steps mention.</summary>
    public static Program In(Program program)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, k => k.Symbols, StringComparer.Ordinal);
        var lets = program.Steps.Flat.OfType<Let>().GroupBy(l => l.Symbol.Name, StringComparer.Ordinal).Where(g => g.Count() == 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        lets.ExceptWith(Kept(program, kernels));
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (at, step) in program.Steps.Index()) foreach (var symbol in Mentioned(step, kernels)) last[symbol.Name] = at;

        var (names, shared) = (new Dictionary<(long, long, Expr), List<(Symbol Symbol, int Until)>>(), new Dictionary<Symbol, Expr>());
        foreach (var (at, step) in program.Steps.Index())
        {
            if (step is not Let { Symbol: var symbol } let || !lets.Contains(symbol.Name)) continue;
            var key = (symbol.Low, symbol.High, let.Most);
            if (!names.TryGetValue(key, out var alike)) names[key] = alike = [];
            var until = last.GetValueOrDefault(symbol.Name, at);
            if (alike.FindIndex(other => other.Until < at) is >= 0 and var free)
            {
                shared[symbol] = alike[free].Symbol;
                alike[free] = (alike[free].Symbol, until);
            }
            else alike.Add((symbol, until));
        }
        return shared.Count == 0 ? program : Renamed(program, shared);
    }

    private static Program Renamed(Program program, IReadOnlyDictionary<Symbol, Expr> shared)
    {
        var (all, names) = (new SharedKernels([]), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var kernel in program.Kernels) names[kernel.Name] = all.Add(kernel.Symbols.Any(shared.ContainsKey) ? KnownDimensions.In(kernel, shared) : kernel).Name;
        Expr Of(Expr e) => e.Replace(part => part is Symbol s ? shared.GetValueOrDefault(s) : null);
        CallKernel Call(CallKernel call) => call with { Kernel = names[call.Kernel], Info = call.Info is { } info ? info with { Flops = Of(info.Flops), Bytes = Of(info.Bytes) } : null };
        return program with
        {
            Kernels = [.. all.All],
            Once = [.. program.Once.Select(Call)],
            Steps = [.. program.Steps.MapCalls(Call).Select(step => step is Let let ? let with { Symbol = (Symbol)Of(let.Symbol), Value = Of(let.Value) } : step)],
        };
    }

    /// <summary>Symbols that types of outputs, checks, bounds and steps inside others speak of: they keep their names.</summary>
    private static IEnumerable<string> Kept(Program program, Dictionary<string, Seq<Symbol>> kernels) => program.Outputs.SelectMany(v => v.Type.Shape)
        .Concat(program.Guards.Concat(program.Steps.Flat.OfType<Demand>().Select(d => d.Guard)).Select(g => g.Condition)).Concat(program.Steps.Flat.OfType<Let>().Select(l => l.Most))
        .SelectMany(Symbols).Concat(program.Steps.Where(s => s is Branch or Repeat).SelectMany(s => Mentioned(s, kernels))).Select(s => s.Name);

    private static IEnumerable<Symbol> Mentioned(Step step, Dictionary<string, Seq<Symbol>> kernels) => (step switch
    {
        CallKernel call => kernels[call.Kernel].Concat(call.Info is { } info ? Symbols(info.Flops).Concat(Symbols(info.Bytes)) : []),
        Let l => Symbols(l.Value).Append(l.Symbol),
        Branch b => Symbols(b.Condition),
        Repeat r => (r.Count is { } count ? Symbols(count) : []).Append(r.Round).Concat(r.Rounds is { } rounds ? [rounds] : []),
        _ => [],
    }).Concat(step.Inner.SelectMany(inner => inner).SelectMany(inner => Mentioned(inner, kernels)));

    private static IEnumerable<Symbol> Symbols(Expr e) => e.Parts().OfType<Symbol>();
}
