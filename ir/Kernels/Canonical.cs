using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>
/// The form of a kernel that its text determines: every loop and reduction has axes of its own, made in the order of the text and named
/// apart from those around them; blocks are flat. A kernel and what is read back from its text then take the same way through every pass,
/// since the order of terms follows the order of axes.
/// </summary>
public sealed class Canonical
{
    /// <summary>Where axes are bound: what does not depend on them is rewritten once, further out.</summary>
    private sealed record Scope(Scope? Around, Seq<Axis> Old, Seq<Axis> New)
    {
        public Dictionary<Expr, Expr> Done { get; } = [];
    }

    private readonly HashSet<string> symbols;
    private readonly List<string> buffers;
    private readonly List<string> visible = [];

    private Canonical(Kernel kernel)
    {
        symbols = kernel.Symbols.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        buffers = [.. kernel.Inputs.Concat(kernel.Outputs).Select(b => b.Name)];
    }

    public static Kernel Of(Kernel kernel) => new Canonicity(kernel).Holds() ? kernel : kernel with { Body = new Canonical(kernel).Rewrite(kernel.Body, new(null, [], [])) };

    public static Program Of(Program program)
    {
        Seq<Kernel> kernels = [.. program.Kernels.AsParallel().AsOrdered().Select(Of)]; // axes are ordered within a kernel only
        return kernels.Zip(program.Kernels).All(pair => ReferenceEquals(pair.First, pair.Second)) ? program : program with { Kernels = kernels };
    }

    private Stmt Rewrite(Stmt stmt, Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (stmt)
        {
            case Loop l:
                var inside = Bind([l.Axis], scope);
                var body = Rewrite(l.Body, inside);
                Leave(1);
                return new Loop(l.Kind, inside.New[0], body);
            case Block b: return Stmts.Do(b.Steps.Select(s => Rewrite(s, scope)).ToList());
            case Scratch s:
                if (buffers.Contains(s.Buffer.Name)) throw new InvalidOperationException($"scratch %{s.Buffer.Name} stands where another buffer has its name");
                buffers.Add(s.Buffer.Name);
                var rest = Rewrite(s.Body, scope);
                buffers.RemoveAt(buffers.Count - 1);
                return new Scratch(s.Buffer, rest);
            case Store s: return new Store(s.Buffer, [.. s.At.Select(i => Rewrite(i, scope))], Rewrite(s.Value, scope));
            case Guard g: return new Guard(Rewrite(g.Condition, scope), Rewrite(g.Body, scope));
            default: throw new UnreachableException();
        }
    }

    private Expr Rewrite(Expr e, Scope scope)
    {
        while (scope.Around is { } around && !scope.Old.Any(e.Mentions)) scope = around;
        if (scope.Done.TryGetValue(e, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return scope.Done[e] = e switch
        {
            Axis axis => scope.Old.Index().FirstOrDefault(a => a.Item == axis) is (var i, not null) ? scope.New[i] : throw new InvalidOperationException($"no loop binds the index {axis.Name}"),
            Reduce r => Inside(r.Axes, scope, inner => Reduce.Of(r.Kind, inner.New, Rewrite(r.Body, inner))),
            Dot d => Inside([d.Lane], scope, inner => Dot.Of(inner.New[0], Rewrite(d.A, inner), Rewrite(d.B, inner), Rewrite(d.C, inner))),
            _ when e.Children.Count == 0 || e.Free.Count == 0 && !e.Parts().Any(p => p is Reduce or Dot) => e,
            _ => e.With([.. e.Children.Select(child => Rewrite(child, scope))]),
        };
    }

    private Expr Inside(Seq<Axis> axes, Scope scope, Func<Scope, Expr> body)
    {
        var inner = Bind(axes, scope);
        var made = body(inner);
        Leave(axes.Count);
        return made;
    }

    private Scope Bind(Seq<Axis> axes, Scope scope)
    {
        var fresh = new Axis[axes.Count];
        for (var i = 0; i < fresh.Length; i++)
        {
            var extent = Rewrite(axes[i].Extent, scope);
            visible.Add(Named(axes[i].Name));
            fresh[i] = new(visible[^1], extent);
        }
        return new(scope, axes, new(fresh));
    }

    private void Leave(int axes) => visible.RemoveRange(visible.Count - axes, axes);

    /// <summary>The name itself where it is free, else with the first number that makes it so.</summary>
    private string Named(string name)
    {
        var plain = string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        if (plain == "" || char.IsAsciiDigit(plain[0]) || plain is "_") plain = "i" + plain;
        bool Free(string candidate) => NameText.IsFree(candidate) && !visible.Contains(candidate) && !symbols.Contains(candidate);
        if (Free(plain)) return plain;
        if (plain == "t" || char.IsAsciiDigit(plain[^1])) plain += "_";
        var n = 2;
        while (!Free($"{plain}{n}")) n++;
        return $"{plain}{n}";
    }
}
