using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Frames of a module's functions, from what LLVM says of them and, where vectors want more alignment than callers keep, what the code does.</summary>
internal static class StackFrames
{
    /// <summary>What every caller keeps the stack pointer a multiple of.</summary>
    private const int Kept = 16;

    /// <param name="target">The processor.</param>
    /// <param name="functions">What each function names and reserves.</param>
    /// <param name="sizes">Bytes of each frame, as LLVM laid it out.</param>
    /// <param name="obj">The object.</param>
    public static Seq<StackFrame> Of(CpuTarget target, IReadOnlyDictionary<string, FunctionText> functions, IReadOnlyDictionary<string, long> sizes, byte[] obj)
    {
        var read = target.System.Functions(obj);
        // What LLVM calls by itself, for its own functions that the processor has no instruction for.
        Seq<string> own = [.. (read?.Undefined ?? new HashSet<string>()).Except(functions.Values.SelectMany(f => f.Names)).Order(StringComparer.Ordinal)];
        return [.. functions.Where(f => sizes.ContainsKey(f.Key)).Select(f => Frame(f.Key, sizes[f.Key], f.Value.Alignment, f.Value.Names.Any(name => name.StartsWith("llvm.", StringComparison.Ordinal)) ? [.. f.Value.Names, .. own] : f.Value.Names))];

        StackFrame Frame(string name, long bytes, int alignment, Seq<string> names)
        {
            if (functions[name].Grows) throw new InvalidOperationException($"stack: {name} reserves memory behind its first branch, so its frame has no size");
            // Only x86 has vectors beyond 16 bytes that are kept on the stack; elsewhere only what the text reserves can ask for more.
            if (target.Architecture != CpuArchitecture.X86) return new(name, bytes, alignment > Kept ? alignment : 0, 0, names);
            if (read is not null && read.Code.TryGetValue(name, out var code)) return X86Prologue.Read(code.Span) is var (pushed, multiple, after) ? new(name, pushed, multiple, after, names) : new(name, bytes, 0, 0, names);
            // The most it can be: aligned to the widest vector, and rounded up to it.
            var widest = Math.Max(alignment, target.VectorBytes);
            return widest > Kept ? new(name, bytes, widest, widest, names) : new(name, bytes, 0, 0, names);
        }
    }
}
