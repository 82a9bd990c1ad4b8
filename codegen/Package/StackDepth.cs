using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>How deep a call goes: frames added up along the deepest way through who calls whom.</summary>
/// <remarks>A function that lies outside (libc, libm, a host) counts with what calling it pushes. Bodies of parallel loops count where they are handed on, as if this thread ran them.</remarks>
internal sealed class StackDepth
{
    /// <summary>No frame is aligned to more.</summary>
    private const int Most = 64, Kept = 16;

    private readonly Dictionary<string, StackFrame> frames;
    private readonly Dictionary<(string, long), long> known = [];
    private readonly int pushed;

    /// <param name="modules">The functions of each module of an artifact.</param>
    /// <param name="pushed">Bytes that a call pushes.</param>
    public StackDepth(IReadOnlyList<Seq<StackFrame>> modules, int pushed)
    {
        this.pushed = pushed;
        // Functions that only their module sees may be called as one of another: the entry of each level has the same.
        var twice = modules.SelectMany(m => m).GroupBy(f => f.Function, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        frames = modules.SelectMany((module, number) =>
        {
            var own = module.Select(f => f.Function).Where(twice.Contains).ToHashSet(StringComparer.Ordinal);
            string Qualified(string name) => own.Contains(name) ? $"{number}/{name}" : name;
            return module.Select(f => f with { Function = Qualified(f.Function), Names = [.. f.Names.Select(Qualified)] });
        }).ToDictionary(f => f.Function, StringComparer.Ordinal);
    }

    /// <summary>The most bytes that a call takes, what it pushes included, whatever multiple of 16 the stack pointer is then.</summary>
    public long Of(string function) => Enumerable.Range(0, Most / Kept).Max(i => Depth(function, i * Kept));

    /// <param name="begin">How far below a multiple of <see cref="Most"/> the stack pointer is.</param>
    private long Depth(string function, long begin)
    {
        if (!frames.TryGetValue(function, out var frame)) return pushed;
        if (known.TryGetValue((function, begin % Most), out var depth)) return depth;
        if (frame.Alignment > Most) throw new InvalidOperationException($"stack: {function} aligns it to {frame.Alignment}, {Most} is the most that is counted with");
        known[(function, begin % Most)] = -1;
        var end = frame.End(begin + pushed);
        depth = end - begin;
        foreach (var name in frame.Names)
        {
            if (name == function || known.TryGetValue((name, end % Most), out var inside) && inside < 0) throw new InvalidOperationException($"stack: {function} may call itself by {name}, so its depth has no bound");
            if (IsCalled(name)) depth = Math.Max(depth, end - begin + Depth(name, end));
        }
        return known[(function, begin % Most)] = depth;
    }

    /// <summary>LLVM's own functions are code in place, and what they call stands beside them.</summary>
    private static bool IsCalled(string name) => !name.StartsWith("llvm.", StringComparison.Ordinal);
}
