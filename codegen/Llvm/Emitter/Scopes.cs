using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Which formulas are in registers already, by the stretch of code in which their registers are set and still right.</summary>
internal sealed class Scopes
{
    /// <param name="Axes">Indices that stand for something else outside.</param>
    /// <param name="Straight">Whether the code inside runs whenever, and as often as, the code around it: what is set inside serves what follows.</param>
    private sealed record Scope(Seq<Axis> Axes, bool Straight)
    {
        public readonly Dictionary<Expr, Register> Values = [];
        public readonly Dictionary<Offset, string> Addresses = [];
        public readonly Dictionary<Buffer, List<Expr>> Readers = [];
    }

    private readonly List<Scope> open = [new([], false)];
    private readonly Dictionary<Expr, Seq<Buffer>> reads = [];

    /// <summary>A register that holds the formula.</summary>
    /// <param name="lanes">Of the vector loops around: a register of fewer lanes does not serve.</param>
    public Register? Find(Expr e, int lanes)
    {
        for (var i = open.Count - 1; i >= 0; i--)
            if (open[i].Values.TryGetValue(e, out var register) && (register.Lanes == 1 || register.Lanes == lanes)) return register;
        return null;
    }

    public Register Keep(Expr e, Register register)
    {
        var scope = Home(e);
        scope.Values[e] = register;
        foreach (var buffer in Reads(e))
        {
            if (!scope.Readers.TryGetValue(buffer, out var readers)) scope.Readers[buffer] = readers = [];
            readers.Add(e);
        }
        return register;
    }

    public string? Address(Offset offset)
    {
        for (var i = open.Count - 1; i >= 0; i--)
            if (open[i].Addresses.TryGetValue(offset, out var address)) return address;
        return null;
    }

    /// <summary>Keeps an address; one that reads memory is not kept, since stores would change it.</summary>
    public void Keep(Offset offset, string address)
    {
        if (!offset.Atoms.Any(atom => Reads(atom).Count > 0)) Home(offset.Atoms).Addresses[offset] = address;
    }

    /// <summary>Runs what writes the code of a scope.</summary>
    public void Within(Seq<Axis> axes, bool straight, Action write)
    {
        open.Add(new(axes, straight));
        write();
        open.RemoveAt(open.Count - 1);
    }

    /// <summary>Forgets what was read from a buffer that changes now.</summary>
    public void Forget(Buffer buffer)
    {
        foreach (var scope in open)
            if (scope.Readers.Remove(buffer, out var readers))
                foreach (var reader in readers) scope.Values.Remove(reader);
    }

    /// <summary>The outermost scope in which the formula means the same and its register is set whenever it is asked for.</summary>
    private Scope Home(params IEnumerable<Expr> parts)
    {
        var i = open.Count - 1;
        while (open[i].Straight && !open[i].Axes.Any(axis => parts.Any(part => part.Mentions(axis)))) i--;
        return open[i];
    }

    /// <summary>Buffers that a formula reads.</summary>
    public Seq<Buffer> Reads(Expr e)
    {
        if (reads.TryGetValue(e, out var known)) return known;
        var all = new List<Buffer>();
        foreach (var child in e.Children) foreach (var buffer in Reads(child)) if (!all.Contains(buffer)) all.Add(buffer);
        if (e is Load load && !all.Contains(load.Buffer)) all.Add(load.Buffer);
        return reads[e] = [.. all];
    }
}
