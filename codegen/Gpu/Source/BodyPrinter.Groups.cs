using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal sealed partial class BodyPrinter
{
    private readonly HashSet<Buffer> ofThreads = [];
    private readonly Dictionary<Buffer, long> others = [];

    /// <summary>Registers that threads read of one another in a way that the language has not: they are memory of the group, and threads wait for each other.</summary>
    private readonly HashSet<Buffer> exchanged = [];
    private Barriers? barriers;
    private string thread = "";

    /// <summary>A loop whose iterations are groups of threads, all of them in the launch.</summary>
    public void PrintGroups(Loop loop)
    {
        var registers = loop.Body.All.OfType<Scratch>().Where(s => s.Buffer.Space == Space.Registers && s.HasThreads).Select(s => s.Buffer).ToHashSet();
        foreach (var threads in loop.Body.All.OfType<Loop>().Where(l => l.Kind == LoopKind.Threads))
            exchanged.UnionWith(threads.Loads.Where(load => registers.Contains(load.Buffer) && load.At[0] != threads.Axis && !(language.HasShuffles && IsOfAnother(load))).Select(load => load.Buffer));
        barriers = new(loop.Body, threadsTakeTurns ? _ => false : exchanged.Contains);
        var group = indices[loop.Axis] = names.Next(loop.Axis.Name);
        Here.Lines.Add($"long {group} = {language.Place.Group};");
        if (!threadsTakeTurns) Here.Lines.Add($"long {thread = names.Next("thread")} = {language.Place.Thread};");
        Print(loop.Body);
    }

    /// <summary>What each thread of the group does.</summary>
    private void PrintThreads(Loop loop)
    {
        if (threadsTakeTurns)
        {
            Within(new(ScopeKind.Loop, [loop.Axis]), Head(loop.Axis), () => Print(loop.Body));
            return;
        }
        if (barriers!.IsBefore(loop)) Here.Lines.Add(language.Barrier);
        indices[loop.Axis] = thread;
        Within(new(ScopeKind.Loop, [loop.Axis]), "", () => Print(loop.Body));
    }

    /// <summary>A buffer that stands for registers of other threads of the warp, where a read is of those.</summary>
    private Buffer? OfOther(Load load)
    {
        if (!ofThreads.Contains(load.Buffer) || !IsOfAnother(load)) return null;
        var (row, apart) = (Row(load.Buffer), (Number)((Binary)load.At[0]).B);
        var other = row with { Name = $"{row.Name}^{Digits(apart.Integer)}" };
        (places[other], others[other]) = (places[row], apart.Integer);
        return other;
    }

    /// <summary>Whether a read says the thread as so many places apart from the one that reads.</summary>
    private static bool IsOfAnother(Load load) => load.Buffer.Space == Space.Registers && load.At is [Binary { Operator: Operator.Xor, B: Number }, ..];

    private static bool IsOfGroup(Scratch s) => s.Buffer.Space == Space.Shared || s.Buffer.Space == Space.Registers && s.HasThreads;

    /// <summary>Scratch of a group, and registers of each of its threads: the first axis, which says whose, takes no place where threads are real.</summary>
    private void PlaceInGroup(Scratch s)
    {
        var buffer = s.Buffer;
        var name = Bind(buffer, names.Next(buffer.Name));
        if (buffer.Space == Space.Shared) Allocate(name, true, buffer, buffer.Size);
        else if (threadsTakeTurns || exchanged.Contains(buffer)) Allocate(name, !threadsTakeTurns, buffer, buffer.Size);
        else
        {
            ofThreads.Add(buffer);
            Allocate(name, false, buffer, (buffer with { Shape = [.. buffer.Shape.Skip(1)] }).Size);
        }
    }

    /// <summary>Where a number lies in its buffer's memory.</summary>
    private Expr Placed(Buffer buffer, Seq<Expr> at) => ofThreads.Contains(buffer)
        ? (buffer with { Shape = [.. buffer.Shape.Skip(1)] }).Flat([.. at.Skip(1)]) : buffer.Flat(at);
}
