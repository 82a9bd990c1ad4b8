using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How long a graph is expected to take on a machine, layer by layer: it goes the default way up to its kernels, and what schedules say of them is added up.</summary>
internal sealed class Forecast
{
    private readonly Dictionary<string, (double Steps, string Template)> layers = new(StringComparer.Ordinal);

    /// <param name="graph">Its weights need types, not contents.</param>
    /// <param name="compilation">Says machine and objective; nothing is noted in it.</param>
    /// <param name="weights">The weights that layers are called after.</param>
    public Forecast(Graph graph, Compilation compilation, IReadOnlySet<string> weights)
    {
        var (machine, own) = (compilation.Machine, compilation.Again());
        var module = new Module(graph);
        foreach (var pass in PassList.All().Where(pass => pass.Stage is Stage.Fuse or Stage.Layout or Stage.Lower)) module = pass.Run(module, own);
        var program = module.MustBeProgram;
        var slots = graph.Weights.Where(w => weights.Contains(w.Name)).SelectMany(w => new Storage(w.Name, w.Type).Buffers.Select(b => (b.Name, Weight: w.Name))).ToDictionary(p => p.Name, p => p.Weight, StringComparer.Ordinal);
        // Factors are weights of their own by now: theirs are the planes.
        var planes = graph.Weights.Where(w => w.Type.Encoding is Factored && weights.Contains(w.Name)).SelectMany(w => w.Planes.Select(plane => (plane, w.Name))).DistinctBy(p => p.plane, ReferenceEqualityComparer.Instance).ToDictionary(p => p.plane, p => p.Name, (IEqualityComparer<Bytes>)ReferenceEqualityComparer.Instance);
        foreach (var (slot, contents) in program.Weights) if (planes.TryGetValue(contents, out var weight)) slots[slot] = weight;
        var calls = new ScheduledCalls(program, own, new ScheduleKernels().MostError).Calls.ToList();
        var all = calls.Sum(c => c.General.Pace.Streamed);
        foreach (var (call, general, few) in calls)
        {
            // A kernel with a form for one row stands for a prompt and as many single steps that follow.
            var steps = general.Pace.On(machine, all) + (few is { } rows ? Times(rows.Condition) * rows.Scheduled.Pace.On(machine, all) : 0);
            Whole += steps;
            var read = call.Arguments.Select(slots.GetValueOrDefault).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            foreach (var weight in read) layers[weight] = (layers.GetValueOrDefault(weight).Steps + steps / read.Count, general.Template);
        }
    }

    /// <summary>Single steps in a run of typical size.</summary>
    private static double Times(Expr condition) => condition.Parts().OfType<Symbol>().Distinct().Aggregate(1.0, (all, symbol) => all * Sizes.Guess(symbol));

    /// <summary>Multiply-adds of vectors that a run takes as long as.</summary>
    public double Whole { get; }

    /// <summary>The same of the kernels that read a weight, and the template of the last of them; null where none does.</summary>
    public (double Steps, string Template)? this[string weight] => layers.TryGetValue(weight, out var found) ? found : null;
}
