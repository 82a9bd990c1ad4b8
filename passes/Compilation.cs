using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What all passes of one compilation share: the machine it is for, how freely it may reckon, and the notes they leave.</summary>
/// <param name="exact">Whether algebra that changes how results round is left out; sums may be added up in another order all the same.</param>
/// <param name="objective">What a trade between time and space is decided for.</param>
/// <param name="maxArena">Bytes that a run's workspace should keep to; null: as many as are fastest.</param>
public sealed class Compilation(Machine machine, bool exact = false, Objective objective = Objective.Speed, long? maxArena = null)
{
    public Machine Machine => machine;
    public bool Exact => exact;
    public Objective Objective => objective;
    public long? MaxArena => maxArena;
    public Notes Notes { get; } = new();

    /// <summary>What compression did to weights, in no order.</summary>
    public System.Collections.Concurrent.ConcurrentBag<LayerLoss> Losses { get; } = [];

    /// <summary>What compression did to states, in no order.</summary>
    public System.Collections.Concurrent.ConcurrentBag<StateLoss> States { get; } = [];

    /// <summary>Weights that compression stored otherwise, as they were, by name: what comes behind can make up for what that lost.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, Ir.Value> Originals { get; } = new(StringComparer.Ordinal);

    /// <summary>What passes have to say to the user, beside notes.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<Diagnostic> Warnings { get; } = [];

    /// <summary>Where verdicts on rewrites are kept from run to run; null: nowhere.</summary>
    public string? VerdictFolder { get; init; }

    /// <summary>What was measured of kernels; null: all is the cost model's to choose.</summary>
    public Tuning? Tuning { get; init; }

    /// <summary>How long each call of a scheduled program is expected to take, by its name.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, Pace> Paces { get; } = new(StringComparer.Ordinal);

    /// <summary>What data showed of the graph's values; null where nothing was run.</summary>
    public Calibration? Calibration { get; set; }

    /// <summary>The same of data that no decision follows: what is lost is measured on it too. Null where there is none.</summary>
    public Calibration? Unseen { get; set; }

    /// <summary>Runs that data.</summary>
    public Func<Graph, Calibration?>? UnseenCalibrator { get; init; }

    /// <summary>Runs data through a graph, before the first pass of <see cref="Stage.Compress"/>; null: nothing runs.</summary>
    public Func<Graph, Calibration?>? Calibrator { get; init; }

    /// <summary>Runs all data there is, the calibration's first, through a graph, for statistics of some of its values and Gram matrices of those that weights multiply; null: nothing runs.</summary>
    public Func<Graph, IReadOnlyCollection<Ir.Value>, IReadOnlyList<Calibration>>? Watcher { get; init; }

    /// <summary>Another compilation for the same machine and objective, nothing noted yet.</summary>
    public Compilation Again() => new(machine, exact, objective, maxArena) { Calibration = Calibration, Calibrator = Calibrator };

    /// <summary>The default way from a graph to a program.</summary>
    public Program Run(Graph graph, params Seq<IPassObserver> observers) => new Runner(Pipeline.Default.Run, observers).Run(new(graph), this).MustBeProgram;

    /// <summary>The default way from a graph to a program.</summary>
    public static Program Run(Graph graph, Machine machine, params Seq<IPassObserver> observers) => new Compilation(machine).Run(graph, observers);
}
