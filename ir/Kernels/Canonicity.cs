using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>Whether a kernel is in the form that <see cref="Canonical"/> gives it, so that most kernels are left as they are.</summary>
internal sealed class Canonicity(Kernel kernel)
{
    private readonly HashSet<string> symbols = kernel.Symbols.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
    private readonly List<string> buffers = [.. kernel.Inputs.Concat(kernel.Outputs).Select(b => b.Name)];
    private readonly List<string> visible = [];
    private readonly HashSet<Expr> seen = [];
    private int last = -1;

    public bool Holds() => Holds(kernel.Body);

    private bool Holds(Stmt stmt)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (stmt)
        {
            case Loop l: return Bind([l.Axis]) && Holds(l.Body) && Leave(1);
            case Block b: return b.Steps.Count != 1 && b.Steps.All(s => s is not Block && Holds(s));
            case Scratch s:
                if (buffers.Contains(s.Buffer.Name)) return false;
                buffers.Add(s.Buffer.Name);
                if (!Holds(s.Body)) return false;
                buffers.RemoveAt(buffers.Count - 1);
                return true;
            default: return stmt.Own.All(Holds) && stmt.Inner.All(Holds);
        }
    }

    private bool Holds(Expr e)
    {
        if (!seen.Add(e)) return true;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Seq<Axis> bound = e switch { Reduce r => r.Axes, Dot d => [d.Lane], _ => [] };
        return Bind(bound) && e.Children.All(Holds) && Leave(bound.Count);
    }

    /// <summary>Axes that no other loop binds, younger than all before them, named apart from those around.</summary>
    private bool Bind(Seq<Axis> axes)
    {
        foreach (var axis in axes)
        {
            if (!Holds(axis.Extent) || axis.Order <= last || !NameText.IsFree(axis.Name) || axis.Name.Contains('.', StringComparison.Ordinal) || visible.Contains(axis.Name) || symbols.Contains(axis.Name)) return false;
            last = axis.Order;
            visible.Add(axis.Name);
        }
        return true;
    }

    private bool Leave(int axes)
    {
        visible.RemoveRange(visible.Count - axes, axes);
        return true;
    }
}
