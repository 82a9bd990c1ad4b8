using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Kernels whose values are all whole numbers compute in whole numbers: formulas of reals become fixed point, each part with a step that its range decides, e^x and others as
/// polynomials. Constants of reals are stored as codes of 30 bits. What has no such form stays and a note says so. After integer-only inference: Kim and others, I-BERT (2021).
/// </summary>
[Description("kernels between whole numbers compute in whole numbers: fixed point, no float")]
public sealed record WholeArithmetic : ProgramPass
{
    public override Stage Stage => Stage.Lower;
    public override Seq<string> After => ["lower"];
    public override Seq<string> Before => ["in_place", "precompute", "row_chains"];
    public override bool IsDefault => false;

    private const int ConstantBits = 30;

    protected override Program Run(Program program, Compilation compilation)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var weights = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
        var (shared, coded, all) = (new SharedKernels([]), new Dictionary<string, Coded>(StringComparer.Ordinal), new List<(string, Bytes)>());
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var steps = program.Steps.MapCalls(call =>
        {
            var kernel = kernels[call.Kernel];
            var arguments = kernel.Inputs.Concat(kernel.Outputs).Zip(call.Arguments).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
            try
            {
                var whole = kernel.Body.Loads.Any(load => load.Buffer.Scalar.IsReal) || kernel.Body.All.SelectMany(s => s.Own).SelectMany(e => e.Parts()).Any(e => e.Type.IsReal)
                    ? WholeKernel.Of(kernel, buffer => Constant(buffer, arguments[buffer.Name])) : kernel;
                return call with { Kernel = shared.Add(whole).Name, Arguments = [.. whole.Inputs.Select(b => b.Scalar == kernel.Inputs.First(i => i.Name == b.Name).Scalar ? arguments[b.Name] : coded[arguments[b.Name]].Slot), .. call.Arguments.Skip(kernel.Inputs.Count)] };
            }
            catch (UnservedException e)
            {
                compilation.Notes.Add(Name, call.Name, $"stays in reals: {e.Message}");
                return call with { Kernel = shared.Add(kernel).Name };
            }
        });
        var used = steps.Calls.SelectMany(c => c.Arguments).ToHashSet(StringComparer.Ordinal);
        return Arena.Apart(program with
        {
            Steps = steps,
            Kernels = [.. shared.All],
            Slots = [.. program.Slots.Where(s => s.Kind != SlotKind.Weight || used.Contains(s.Name)), .. coded.Values.Where(c => used.Contains(c.Slot)).Select(c => slots[c.From] with { Name = c.Slot, Scalar = Scalar.I32 })],
            Weights = [.. program.Weights.Where(w => used.Contains(w.Slot)), .. coded.Values.Where(c => used.Contains(c.Slot)).Select(c => (c.Slot, c.Codes))],
        });

        (Buffer, double, double, double)? Constant(Buffer buffer, string slot)
        {
            if (!weights.TryGetValue(slot, out var bytes) || !buffer.Scalar.IsReal) return null;
            if (!coded.TryGetValue(slot, out var of)) coded[slot] = of = Coded.Of(slot, buffer.Scalar, bytes);
            return (buffer with { Scalar = Scalar.I32 }, of.Step, of.Low, of.High);
        }
    }

    /// <summary>A constant of reals as codes.</summary>
    private sealed record Coded(string From, string Slot, Bytes Codes, double Step, double Low, double High)
    {
        public static Coded Of(string slot, Scalar kind, Bytes bytes)
        {
            var numbers = new Tensor(kind, [bytes.Length * 8 / kind.Bits], bytes).ToDoubles();
            if (!numbers.All(double.IsFinite)) throw new UnservedException($"{slot} holds what is no number");
            var far = numbers.Select(Math.Abs).DefaultIfEmpty(0).Max();
            var step = far == 0 ? 1 : Math.ScaleB(1, Math.ILogB(far) + 1 - ConstantBits);
            return new(slot, $"{slot}.whole", Bytes.Of<int>([.. numbers.Select(n => (int)Math.Round(n / step))]), step, numbers.DefaultIfEmpty(0).Min(), numbers.DefaultIfEmpty(0).Max());
        }
    }
}
