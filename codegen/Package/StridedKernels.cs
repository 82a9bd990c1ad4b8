using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>
/// The kernels that read a model's inputs or fill its outputs, once more with the caller's strides as symbols. Runs without strides never meet them,
/// and neither run needs room for copies. The schedule stays: sums are added in the same order, results are the same bits.
/// </summary>
public sealed class StridedKernels
{
    private readonly Dictionary<(string Kernel, Seq<(int Argument, Shape Shape)> Given), StridedKernel?> made = [];
    private readonly Dictionary<CallKernel, StridedKernel> calls = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);

    /// <summary>No stride is larger, so that no address overflows.</summary>
    public const long Farthest = int.MaxValue;

    public StridedKernels(Program program)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var tensors = program.Inputs.Concat(program.Outputs).Where(v => v.Type.Rank > 0).ToDictionary(v => v.Name, v => v.Type, StringComparer.Ordinal);
        var bounds = Bounds.Of(program);
        foreach (var value in program.Outputs.Where(v => v.Type.Shape.Any(e => bounds.BoundIn(e).Any())))
        {
            // A run decides how large it is: where it lies is asked when it is stored.
            refused.Add(value.Name);
            tensors.Remove(value.Name);
        }
        refused.UnionWith(program.Steps.Flat.Select(s => s.Asked).OfType<string>()); // one number is read where it lies in a dense tensor
        foreach (var value in tensors.Where(t => t.Value.Scalar.Bits < 8)) refused.Add(value.Key);
        foreach (var call in program.Steps.Calls)
        {
            Seq<(int Argument, Shape Shape)> given = [.. call.Arguments.Index().Where(a => tensors.ContainsKey(a.Item)).Select(a => (a.Index, tensors[a.Item].Shape))];
            if (given.Count == 0) continue;
            if (!made.TryGetValue((call.Kernel, given), out var strided)) made[(call.Kernel, given)] = strided = Make(kernels[call.Kernel], given, made.Count);
            if (strided is not null) calls[call] = strided;
            else foreach (var (argument, _) in given) refused.Add(call.Arguments[argument]);
        }
    }

    /// <summary>All that were made, to be emitted beside the program's.</summary>
    public IEnumerable<Kernel> Kernels => made.Values.OfType<StridedKernel>().SelectMany(k => new[] { k.SideBySide, k.Apart });

    /// <summary>What a call runs where strides are given; null where it touches no input or output.</summary>
    public StridedKernel? Of(CallKernel call) => calls.GetValueOrDefault(call);

    /// <summary>Whether an input or output may have any strides; those that share bytes between numbers are dense.</summary>
    public bool Takes(Value value) => value.Type.Rank > 0 && !refused.Contains(value.Name);

    private static StridedKernel? Make(Kernel kernel, Seq<(int Argument, Shape Shape)> given, int number)
    {
        var buffers = kernel.Inputs.Concat(kernel.Outputs).ToList();
        if (kernel.External is not null || given.Any(g => buffers[g.Argument].Scalar.Bits < 8)) return null;
        var taken = kernel.Symbols.Concat(given.SelectMany(g => g.Shape).SelectMany(e => e.Parts()).OfType<Symbol>()).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var strides = given.Select(g => g.Shape.Select((_, axis) => Stride(g.Argument, axis)).ToSeq()).ToSeq();
        Kernel With(bool side) => kernel.Over(string.Create(CultureInfo.InvariantCulture, $"{kernel.Name}.strided{number}{(side ? "" : ".apart")}"),
            given.Zip(strides, (g, all) => (buffers[g.Argument], g.Shape, side ? [.. all.SkipLast(1), 1] : all)).ToDictionary(t => t.Item1, t => new StridedAccess(t.Item1, t.Shape, t.Item3).Access));
        var (sideBySide, apart) = (With(true), With(false));
        // An extent that is itself read from an input cannot be rewritten.
        if (buffers.Where((_, i) => given.Any(g => g.Argument == i)).Any(b => apart.Body.Loads.Any(l => l.Buffer == b))) return null;
        return new(sideBySide, apart, [.. given.Zip(strides).SelectMany(g => g.Second.Select((symbol, axis) => (((Symbol)symbol).Name, g.First.Argument, axis)))]);

        Expr Stride(int argument, int axis)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"stride {argument}.{axis}");
            while (taken.Contains(name)) name += "_";
            return Symbol.Of(name, -Farthest, Farthest);
        }
    }
}

/// <summary>A kernel for callers with strides.</summary>
/// <param name="SideBySide">Where the last axis of every tensor has stride 1: vectors are read and written whole.</param>
/// <param name="Apart">For all others.</param>
/// <param name="Strides">The symbols that hold strides: of which argument, along which axis.</param>
public sealed record StridedKernel(Kernel SideBySide, Kernel Apart, Seq<(string Symbol, int Argument, int Axis)> Strides);
