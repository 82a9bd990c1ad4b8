using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>The schedules of a kernel that are worth measuring: templates, register tiles, blocks of the sum, rows gathered or read where they lie.</summary>
public static class Candidates
{
    /// <summary>The first is the cost model's own; those that come to the same code are there once.</summary>
    /// <param name="kernel">As lowered.</param>
    /// <param name="machine">What it will run on.</param>
    /// <param name="constants">Names of input buffers that are weights.</param>
    /// <param name="mostError">As in <see cref="Scheduler.Schedule"/>.</param>
    public static IReadOnlyList<(ScheduleChoice Choice, Scheduled Scheduled)> Of(Kernel kernel, Machine machine, IReadOnlySet<string> constants, double mostError)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. Choices(kernel, machine, constants, mostError).Distinct().Select(choice => (choice, Scheduler.Schedule(kernel, machine with { Chosen = choice }, constants, mostError))).Where(c => seen.Add(KernelShape.Of(c.Item2.Kernel)))];
    }

    private static IEnumerable<ScheduleChoice> Choices(Kernel kernel, Machine machine, IReadOnlySet<string> constants, double mostError)
    {
        yield return ScheduleChoice.Model;
        if (Contraction.Find(kernel, constants) is not { } contraction) yield break;
        yield return new(Template.Vectors);
        yield return new(Template.Sparse);
        var constantB = contraction.IsConstantB(constants);
        if (DirectContraction.Fits(contraction, constantB))
        {
            foreach (var rows in (int[])[2, 4, 6, 7, 8, 12, 14, 16]) yield return new(Rows: rows);
            yield break;
        }
        var tiles = Tiles(machine).ToList();
        foreach (var (rows, vectors) in tiles) yield return new(Template.Blocked, Rows: rows, Vectors: vectors);
        foreach (var depth in (int[])[128, 256, 480, 768, 1024, 2048]) yield return new(Template.Blocked, Depth: depth);
        foreach (var unroll in (int[])[1, 2, 4, 8]) yield return new(Template.Blocked, Unroll: unroll);
        yield return new(Template.Blocked, Gather: Wish.Yes);
        foreach (var depth in (int[])[256, 480]) yield return new(Template.Blocked, Depth: depth, Gather: Wish.Yes);
        foreach (var results in Winograd.Sizes.Where(results => WinogradContraction.Of(contraction, machine, constantB, results)?.Error <= mostError))
        {
            yield return new(Template.Winograd, results);
            foreach (var (rows, vectors) in tiles.Where(t => t.Rows >= 6)) yield return new(Template.Winograd, results, rows, vectors);
        }
    }

    /// <summary>Tiles whose sums fit the registers beside a vector of each factor: about as high as possible, and half of that.</summary>
    private static IEnumerable<(int Rows, int Vectors)> Tiles(Machine machine)
    {
        var sums = machine.VectorRegisters - 4;
        var panel = Math.Max(1, (int)(Tile.Panel / Math.Min(machine.Lanes, Tile.Panel)));
        foreach (var vectors in new[] { panel, 2 * panel, 4 * panel }.Where(v => v <= sums / 2))
        {
            var most = Math.Min(14, sums / vectors);
            foreach (var rows in Enumerable.Range(0, 4).Select(less => most - less).Append(most / 2).Where(rows => rows >= 1)) yield return (rows, vectors);
        }
    }
}
