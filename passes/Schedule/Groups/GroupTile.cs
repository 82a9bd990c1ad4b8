using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>The sizes of a contraction on a GPU: a tile of results for a group of threads, a smaller one in the registers of each.</summary>
/// <param name="Rows">Of the group's tile.</param>
/// <param name="Columns">Of the group's tile.</param>
/// <param name="ThreadRows">Rows of a thread's tile; a multiple of <see cref="Run"/>.</param>
/// <param name="ThreadColumns">Columns of a thread's tile; a multiple of <see cref="Run"/>.</param>
/// <param name="Depth">Steps of the sum between one wait and the next.</param>
/// <param name="Splits">Parts of the sum that groups of their own add up; a launch more joins them.</param>
public sealed record GroupTile(int Rows, int Columns, int ThreadRows, int ThreadColumns, int Depth, int Splits = 1)
{
    /// <summary>Numbers side by side that a thread reads in one access.</summary>
    public const int Run = 4;

    /// <summary>Cycles from one wait to the next at least: global memory answers while the step before is worked on.</summary>
    private const double StepLatency = 1000;

    /// <summary>Cycles of a launch more.</summary>
    private const double Launch = 4000;

    private static readonly GroupTile[] All =
    [
        new(128, 128, 8, 8, 8), new(128, 128, 8, 8, 16), new(128, 64, 8, 4, 16), new(64, 128, 4, 8, 16), new(64, 64, 4, 4, 16), new(64, 64, 4, 4, 32),
        new(64, 32, 4, 4, 16), new(32, 64, 4, 4, 16), new(32, 32, 4, 4, 16), new(32, 32, 4, 4, 32), new(16, 64, 4, 4, 16), new(64, 16, 4, 4, 16), new(16, 32, 4, 4, 16), new(32, 16, 4, 4, 16),
        new(16, 32, 4, 4, 32), new(32, 16, 4, 4, 32),
    ];

    public int Threads => Rows / ThreadRows * (Columns / ThreadColumns);

    /// <summary>In words.</summary>
    public string Describe() => FormattableString.Invariant($"{Rows}x{Columns}, {ThreadRows}x{ThreadColumns} a thread, depth {Depth}{(Splits > 1 ? $", {Splits} parts of the sum" : "")}");

    /// <summary>The sizes that take the fewest cycles.</summary>
    /// <param name="batch">Products side by side; 0 of any extent: not known, and taken to be middling.</param>
    /// <param name="bytes">Of the wider factor's numbers, as shared memory holds them.</param>
    public static GroupTile For(GpuDeviceModel device, long batch, long rows, long columns, long depth, int bytes)
    {
        // Parts of sums lie side by side until they are joined: of how many results must be known.
        var mayPart = batch > 0 && rows > 0 && columns > 0;
        (batch, rows, columns, depth) = (Known(batch, 1), Known(rows, 256), Known(columns, 256), Known(depth, 512));
        return All.Where(tile => tile.SharedBytes(bytes) <= device.SharedBytes).SelectMany(tile => Parts(tile, mayPart ? depth : 0).Select(parts => tile with { Splits = parts })).MinBy(tile => tile.Cycles(device, batch, rows, columns, depth))!;
    }

    /// <summary>Shared memory that a group takes: two stages of a block of both factors.</summary>
    private int SharedBytes(int bytes) => 2 * Depth * (Rows + Columns) * bytes;

    private static long Known(long extent, long otherwise) => extent > 0 ? extent : otherwise;

    /// <summary>A part has several steps, or joining the parts costs more than they save.</summary>
    private static IEnumerable<int> Parts(GroupTile tile, long depth)
    {
        yield return 1;
        for (var parts = 2; parts <= 32 && depth / parts >= 8 * tile.Depth; parts *= 2) yield return parts;
    }

    private double Cycles(GpuDeviceModel device, long batch, long rows, long columns, long depth)
    {
        var groups = batch * Up(rows, Rows) * Up(columns, Columns) * Splits;
        var steps = Up(depth, (long)Depth * Splits);
        // Groups go to multiprocessors in turn: the fullest ends last.
        var each = Up(groups, device.Multiprocessors);
        // A step of a thread's tile reads its rows and columns from shared memory, in runs.
        double sums = ThreadRows * ThreadColumns;
        var share = sums / (sums + 2.0 * (ThreadRows + ThreadColumns) / Run + 4);
        var step = Depth * (double)Rows * Columns / device.Lanes / share;
        var joining = Splits == 1 ? 0 : Launch + 8.0 * Splits * batch * rows * columns / device.BytesPerCycle;
        return Math.Max(each * step, StepLatency) * steps + joining;
    }
}
