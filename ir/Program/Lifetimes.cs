namespace Lathe.Ir;

/// <summary>From which call of a program to which a slot's contents matter, calls counted in the order of the text.</summary>
/// <remarks>
/// What is used inside a loop and outside of it lives through all of it: the next round may read it. The two sides of a branch are counted from the
/// same place: one of them runs. A step that asks a slot for one number counts as a use at its own place.
/// </remarks>
public sealed class Lifetimes
{
    private readonly Dictionary<string, (int First, int Last)> spans = new(StringComparer.Ordinal);
    private readonly List<(int First, int Last, HashSet<string> Used)> loops = [];

    public Lifetimes(Seq<Step> steps)
    {
        Visit(steps, []);
        // Inner loops come first: what one stretches may stand outside of the next.
        foreach (var (first, last, used) in loops)
            foreach (var name in used)
                if (spans[name] is var span && (span.First < first || span.Last > last)) spans[name] = (Math.Min(span.First, first), Math.Max(span.Last, last));
    }

    /// <summary>Places that were counted: one for each step that is not itself made of steps, and one for each question of a branch or loop; of a branch those of its longer side.</summary>
    public int Count { get; private set; }

    /// <summary>Place of each call; calls on two sides of a branch may have the same.</summary>
    public Dictionary<CallKernel, int> Places { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Slots that a step reads, stores or asks.</summary>
    public IEnumerable<string> Slots => spans.Keys;

    /// <summary>The first and the last place where a slot's contents matter, both inclusive.</summary>
    public (int First, int Last) this[string slot] => spans[slot];

    private void Visit(Seq<Step> steps, Seq<HashSet<string>> around)
    {
        foreach (var step in steps)
        {
            if (step.Asked is { } asked) Use(asked, around);
            var at = Count;
            switch (step)
            {
                case CallKernel call:
                    Places[call] = at;
                    foreach (var argument in call.Arguments) Use(argument, around);
                    break;
                case Branch b:
                    var begin = ++Count;
                    Visit(b.Then, around);
                    var then = Count;
                    Count = begin;
                    Visit(b.Else, around);
                    Count = Math.Max(Count, then);
                    continue;
                case Repeat r:
                    var used = new HashSet<string>(StringComparer.Ordinal);
                    if (step.Asked is { } condition) used.Add(condition);
                    Visit(r.Body, [.. around, used]);
                    Count++; // where the next round begins
                    loops.Add((at, Count - 1, used));
                    continue;
            }
            Count++;
        }
    }

    private void Use(string slot, Seq<HashSet<string>> around)
    {
        spans[slot] = spans.TryGetValue(slot, out var span) ? (Math.Min(span.First, Count), Math.Max(span.Last, Count)) : (Count, Count);
        foreach (var loop in around) loop.Add(slot);
    }
}
