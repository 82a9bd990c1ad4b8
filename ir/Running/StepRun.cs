namespace Lathe.Ir;

/// <summary>Goes through the steps of a program as a run does: branches, loops, symbols that get their number on the way.</summary>
/// <param name="memory">What lies in each slot.</param>
/// <param name="symbols">The number of each dimension; steps add to it.</param>
/// <param name="call">Runs a kernel.</param>
/// <param name="cancellation">Ends the run between two kernels or rounds.</param>
public sealed class StepRun(IReadOnlyDictionary<string, Bytes> memory, IDictionary<string, long> symbols, Action<CallKernel> call, CancellationToken cancellation)
{
    /// <exception cref="DiagnosticException">LT5004 a condition, LT5005 a number out of its range.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end.</exception>
    public void Run(Seq<Step> steps)
    {
        foreach (var step in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (step)
            {
                case CallKernel kernel: call(kernel); break;
                case Let l: symbols[l.Symbol.Name] = Checked(l.Symbol, Evaluate(l.Value), Evaluate(l.Most)); break;
                case Demand d:
                    if (Evaluate(d.Guard.Condition) == 0) throw Refused(d.Guard, symbols);
                    break;
                case Branch b: Run(Evaluate(b.Condition) != 0 ? b.Then : b.Else); break;
                case Repeat r: Loop(r); break;
                default: throw new UnreachableException($"a step {step.GetType().Name}");
            }
        }
    }

    private void Loop(Repeat r)
    {
        var (most, round) = (r.Count is null ? long.MaxValue : Evaluate(r.Count), 0L);
        for (; round < most && (r.While is null || Evaluate(r.While) != 0); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            symbols[r.Round.Name] = round;
            Run(r.Body);
        }
        if (r.Rounds is { } rounds) symbols[rounds.Name] = round;
    }

    private long Evaluate(Expr e) => Dimensions.Evaluate(e, symbols.AsReadOnly(), name => memory[name]);

    /// <summary>A number that a run found for a symbol.</summary>
    internal static long Checked(Symbol symbol, long value, long most) => value >= symbol.Low && value <= Math.Min(symbol.High, most) ? value
        : throw new DiagnosticException(new Diagnostic("LT5005", $"{symbol.Name} is {value}, it can be {symbol.Low}..{Math.Min(symbol.High, most)}", "", $"--max {symbol.Name}=N bounds what the data decide"));

    internal static DiagnosticException Refused(Guarded guard, IEnumerable<KeyValuePair<string, long>> symbols) =>
        new(new Diagnostic("LT5004", $"{guard.Message}; {string.Join(", ", symbols.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} = {s.Value}"))}"));
}
