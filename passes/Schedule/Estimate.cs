using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How long a call of a kernel is expected to take of a run of one thread.</summary>
/// <param name="Arithmetic">Microseconds of its steps, as it is scheduled.</param>
/// <param name="Memory">Microseconds that it takes to read its weights and to read and write its values.</param>
public readonly record struct Estimate(double Arithmetic, double Memory)
{
    /// <summary>Arithmetic and memory run side by side.</summary>
    public double Microseconds => Math.Max(Arithmetic, Memory);

    /// <summary>Estimates of the calls of a scheduled program, by their names. Values stay in the level that holds the arena, weights come from the level that holds arena and weights; open dimensions stand at their usual extent.</summary>
    /// <param name="paces">What schedules say of calls.</param>
    public static IReadOnlyDictionary<string, Estimate> Of(Program program, IReadOnlyDictionary<string, Pace> paces, Machine machine)
    {
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var (near, far) = (machine.ReadRate(Arena(program)), machine.ReadRate(Footprint(program)));
        return program.Steps.Calls.DistinctBy(c => c.Name).ToDictionary(call => call.Name, call =>
        {
            var pace = paces.GetValueOrDefault(call.Name);
            var values = call.Arguments.Distinct().Select(name => slots[name]).Where(slot => slot.Kind != SlotKind.Weight).Sum(slot => (double)Sizes.Guess(slot.Bytes));
            return new Estimate(machine.Microseconds(pace.Steps), (values / near + pace.Streamed / far) / 1e3);
        }, StringComparer.Ordinal);
    }

    /// <summary>Bytes of weights and arena, inputs and outputs: what a run touches.</summary>
    public static double Footprint(Program program) => Arena(program) + program.Slots.Where(s => s.Kind == SlotKind.Weight).Sum(s => (double)Sizes.Guess(s.Bytes));

    private static double Arena(Program program) => Sizes.Guess(program.ArenaBytes) + program.Slots.Where(s => s.Kind is SlotKind.Input or SlotKind.Output).Sum(s => (double)Sizes.Guess(s.Bytes));
}
