using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Steps that read weights only run once, in the compiler, by compiled code: what is left of constant folding for large tensors.</summary>
/// <param name="MostBytes">Most bytes of a result that is larger than what it is computed from, where speed is the objective.</param>
[Description("runs steps that read only weights in the compiler")]
public sealed record Precompute(long MostBytes = Precompute.Growth) : ProgramPass
{
    public override Stage Stage => Stage.Lower;
    public override Seq<string> After => ["lower"];

    private const long Growth = 1 << 16;

    /// <summary>Whether keeping a result is worth its bytes: not where it is larger than what it is computed from, as the product of two narrow factors is.</summary>
    public static bool Pays(long made, long read, Objective objective, long most = Growth) => made <= (objective == Objective.Size ? read : Math.Max(most, read));

    protected override Program Run(Program program, Compilation compilation)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        // A slot that several steps fill parts of stays in the arena.
        var fillers = program.Steps.Calls.SelectMany(c => c.Arguments.Skip(kernels[c.Kernel].Inputs.Count)).CountBy(a => a, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var once = program.Once.ToList();
        var steps = program.Steps.MapCalls(call =>
        {
            var kernel = kernels[call.Kernel];
            if (!call.Arguments.Take(kernel.Inputs.Count).All(a => slots[a].Kind == SlotKind.Weight)) return call;
            var made = call.Arguments.Skip(kernel.Inputs.Count).ToList();
            if (!made.TrueForAll(a => slots[a] is { Kind: SlotKind.Arena, Size: Number } && fillers[a] == 1) || !Worth(call, kernel)) return call;
            foreach (var name in made) slots[name] = slots[name] with { Kind = SlotKind.Weight };
            once.Add(call with { Scratch = call.Scratch is null ? null : 0 });
            return null;
        });
        return once.Count == program.Once.Count ? program : Arena.Apart(program with { Slots = [.. program.Slots.Select(s => slots[s.Name])], Once = [.. once], Steps = steps });

        bool Worth(CallKernel call, Kernel kernel)
        {
            if (kernel.Symbols.Count > 0) return false;
            var (read, made) = (call.Arguments.Take(kernel.Inputs.Count).Sum(a => slots[a].Bytes.Whole), call.Arguments.Skip(kernel.Inputs.Count).Sum(a => slots[a].Bytes.Whole));
            return Pays(made, read, compilation.Objective, MostBytes);
        }
    }
}
