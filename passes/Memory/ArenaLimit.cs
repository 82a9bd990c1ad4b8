using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Whether a planned program keeps to an arena of so many bytes, and what prevents it.</summary>
public static class ArenaLimit
{
    /// <summary>Null where it does; else what needs the most at once: the step and the three largest of what it needs.</summary>
    /// <param name="program">With its memory planned.</param>
    /// <param name="most">Bytes.</param>
    public static Diagnostic? Exceeded(Program program, long most)
    {
        var needed = Linear.Range(program.ArenaBytes).High;
        if (needed <= most) return null;
        const long huge = 1L << 50;
        if (needed >= huge) return new("LT4103", $"the arena takes {program.ArenaBytes} bytes, which has no bound below {most}", program.Name, "make its dimensions numbers, or bound them: --dim NAME=N, --dim NAME=1..N");

        var (lives, bounds) = (new Lifetimes(program.Steps), Bounds.Of(program));
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var slots = program.Slots.Where(s => s.Kind == SlotKind.Arena && lives.Slots.Contains(s.Name)).Select(s => (s.Name, Bytes: Most(s.Bytes), Span: lives[s.Name])).ToList();
        var (call, parts) = program.Steps.Calls.Select(call =>
        {
            var at = lives.Places[call];
            var scratch = Most(bounds.Most(ScratchLayout.Of(kernels[call.Kernel]).Bytes));
            return (call, Parts: slots.Where(s => s.Span.First <= at && at <= s.Span.Last).Select(s => (Name: $"{s.Name} ({s.Bytes} bytes{(call.Arguments.Contains(s.Name) ? "" : ", kept for a later step")})", s.Bytes))
                .Append((Name: $"the scratch of {call.Name} ({scratch} bytes)", Bytes: scratch)).Where(p => p.Bytes > 0).OrderByDescending(p => p.Bytes).ToList());
        }).MaxBy(c => c.Parts.Sum(p => p.Bytes));
        return new("LT4103", $"the arena takes {needed} bytes, {most} are allowed: {call.Name} needs {string.Join(", ", parts.Take(3).Select(p => p.Name))}{(parts.Count > 3 ? $" and {parts.Count - 3} smaller" : "")} at once", call.Name,
            $"--max-arena {needed} is what it can do; smaller dimensions (--dim), narrower values (--quantize) or a model with smaller layers need less");

        static long Most(Expr bytes) => Math.Max(0, Linear.Range(Arena.Aligned(bytes)).High);
    }
}
