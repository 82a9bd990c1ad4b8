using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Whether an output may lie over an input in a caller's memory: a state that is written where it was read, a cache that grows in place.</summary>
public enum Alias : byte
{
    /// <summary>Not at all: numbers would be gone before they are read.</summary>
    Never,
    /// <summary>In any way: the input is read for the last time before the output is begun.</summary>
    Any,
    /// <summary>Each number over the one of the same index: same data, same strides.</summary>
    SamePlace,
}

/// <summary>Decides it from what a program's kernels read and store, and when.</summary>
public sealed class Aliases(Program program)
{
    private readonly Dictionary<string, Kernel> kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly List<CallKernel>? calls = program.Steps.Flat.All(s => s is CallKernel or Branch && s.Asked is null) ? [.. program.Steps.Calls] : null;
    private readonly Lifetimes lives = new(program.Steps);

    public Alias Of(Value input, Value output)
    {
        // Nothing is known yet of loops, and of branches on what a slot holds.
        if (calls is null) return Alias.Never;
        var reads = calls.Where(c => c.Arguments.Contains(input.Name)).ToList();
        var writes = calls.Where(c => c.Arguments.Skip(kernels[c.Kernel].Inputs.Count).Contains(output.Name)).ToList();
        if (writes.Count == 0) return Alias.Never;
        if (reads.Count == 0 || reads.Max(c => lives.Places[c]) < writes.Min(c => lives.Places[c])) return Alias.Any;
        if (input.Type.Rank != output.Type.Rank) return Alias.Never;
        return writes.All(w => Keeps(w, input, output)) || writes is [var one] && reads.All(r => ReferenceEquals(r, one) || lives.Places[r] < lives.Places[one]) && reads.Contains(one) && Replaces(one, input, output) ? Alias.SamePlace : Alias.Never;
    }

    /// <summary>Whether a call only repeats an input as an output: nothing is to be done where one lies over the other.</summary>
    public bool IsCopy(CallKernel call) => kernels[call.Kernel] is { Inputs: [var from], Outputs: [var to] } kernel
        && from is { Order: [] } && to is { Order: [] } && from.Shape.Count == to.Shape.Count && kernel.Body.All.OfType<Store>().All(s => IsKept(s, from));

    /// <summary>Every number of the input stays what it is: the call repeats it at its place, or stores beyond the input's extents.</summary>
    private bool Keeps(CallKernel call, Value input, Value output)
    {
        if (Seen(call, output) is not { } to) return false;
        var from = Seen(call, input);
        return kernels[call.Kernel].Body.All.OfType<Store>().Where(s => s.Buffer == to).All(store => from is not null && IsKept(store, from)
            || store.At.Zip(input.Type.Shape).Any(axis => Linear.Range(Linear.Simplify(axis.First - axis.Second)).Low >= 0));
    }

    private static bool IsKept(Store store, Buffer from) => store.Value is Load load && load.Buffer == from && Same(load.At, store.At);

    /// <summary>Every number of the input is read for the store at its place, nowhere else, and each place is stored once.</summary>
    private bool Replaces(CallKernel call, Value input, Value output)
    {
        var body = kernels[call.Kernel].Body;
        if (Seen(call, input) is not { } from || Seen(call, output) is not { } to || body.Loads.Any(l => l.Buffer == to)) return false;
        var inStores = 0;
        return Once(body, []) && body.Loads.Count(l => l.Buffer == from) == inStores;

        bool Once(Stmt stmt, Seq<Axis> around)
        {
            if (stmt is Store store && store.Buffer == to)
            {
                var loads = store.Value.Parts().OfType<Load>().Where(l => l.Buffer == from).ToList();
                inStores += loads.Count;
                // An index cut off at an end would be stored twice.
                return loads.All(l => Same(l.At, store.At)) && around.All(axis => store.At.Any(e => e.Mentions(axis))) && !store.At.SelectMany(e => e.Parts()).Any(e => e is Call);
            }
            return stmt.Inner.All(inner => Once(inner, stmt is Loop loop ? [.. around, loop.Axis] : around));
        }
    }

    /// <summary>A tensor as a call's kernel sees it; null where it does not, more than once, or in another shape.</summary>
    private Buffer? Seen(CallKernel call, Value value)
    {
        var buffers = kernels[call.Kernel].Inputs.Concat(kernels[call.Kernel].Outputs).ToList();
        return call.Arguments.Index().Where(a => a.Item == value.Name).Select(a => buffers[a.Index]).ToList() is [{ Order: [] } buffer] && buffer.Shape.Count == value.Type.Rank
            && buffer.Shape.Zip(value.Type.Shape).All(e => Linear.ProvesEqual(e.First, e.Second)) ? buffer : null;
    }

    private static bool Same(Seq<Expr> a, Seq<Expr> b) => a.Zip(b).All(axis => Linear.ProvesEqual(axis.First, axis.Second));
}
