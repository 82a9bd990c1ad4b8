using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal sealed partial class BodyPrinter
{
    private readonly HashSet<Buffer> ofThreads = [];
    private readonly Dictionary<Buffer, long> others = [];
    private Barriers? barriers;
    private string thread = "";

    /// <summary>A loop whose iterations are groups of threads, all of them in the launch.</summary>
    public void PrintGroups(Loop loop)
    {
        barriers = new(loop.Body);
        var group = indices[loop.Axis] = names.Next(loop.Axis.Name);
        Here.Lines.Add($"long {group} = Grid.IdxX;");
        if (!threadsTakeTurns) Here.Lines.Add($"long {thread = names.Next("thread")} = Group.IdxX;");
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
        if (barriers!.IsBefore(loop)) Here.Lines.Add("Group.Barrier();");
        indices[loop.Axis] = thread;
        Within(new(ScopeKind.Loop, [loop.Axis]), "", () => Print(loop.Body));
    }

    /// <summary>A buffer that stands for registers of other threads of the warp, where a read is of those.</summary>
    private Buffer? OfOther(Load load)
    {
        if (!ofThreads.Contains(load.Buffer) || load.At is not [Binary { Operator: Operator.Xor, B: Number apart }, ..]) return null;
        var row = Row(load.Buffer);
        var other = row with { Name = $"{row.Name}^{Digits(apart.Integer)}" };
        (places[other], others[other]) = (places[row], apart.Integer);
        return other;
    }

    /// <summary>A number of the thread that many places apart; less than 32 bits travel as 32.</summary>
    private static string Shuffled(Scalar kind, string number, long apart) => kind.Bits >= 32 ? $"Warp.ShuffleXor({number}, {Digits(apart)})"
        : $"({CSharpTypes.InMemory(kind)})Warp.ShuffleXor((int){Atom(number)}, {Digits(apart)})";

    private static bool IsOfGroup(Scratch s) => s.Buffer.Space == Space.Shared || s.Buffer.Space == Space.Registers && s.HasThreads;

    /// <summary>Scratch of a group, and registers of each of its threads: the first axis, which says whose, takes no place where threads are real.</summary>
    private void PlaceInGroup(Scratch s)
    {
        var buffer = s.Buffer;
        var name = Bind(buffer, names.Next(buffer.Name));
        if (buffer.Space == Space.Shared) Allocate(name, "SharedMemory", buffer, buffer.Size);
        else if (threadsTakeTurns) Allocate(name, "LocalMemory", buffer, buffer.Size);
        else
        {
            ofThreads.Add(buffer);
            Allocate(name, "LocalMemory", buffer, (buffer with { Shape = [.. buffer.Shape.Skip(1)] }).Size);
        }
    }

    /// <summary>Where a number lies in its buffer's memory.</summary>
    private Expr Placed(Buffer buffer, Seq<Expr> at) => ofThreads.Contains(buffer)
        ? (buffer with { Shape = [.. buffer.Shape.Skip(1)] }).Flat([.. at.Skip(1)]) : buffer.Flat(at);
}
