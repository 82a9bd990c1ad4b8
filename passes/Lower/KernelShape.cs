using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a kernel does, apart from the names of its buffers and loops: two kernels of one shape can share their code.</summary>
public sealed class KernelShape
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<Buffer, int> buffers = [];
    private readonly Dictionary<Axis, int> axes = [];
    private readonly Dictionary<Expr, int> parts = new(ReferenceEqualityComparer.Instance);

    private KernelShape() { }

    /// <summary>A text that is the same for kernels of one shape. Shared parts are written once, so it grows with the graph of a formula, not with its tree.</summary>
    public static string Of(Kernel kernel)
    {
        var shape = new KernelShape();
        foreach (var buffer in kernel.Inputs.Concat(kernel.Outputs)) shape.Declare(buffer);
        shape.text.Append('|').Append(kernel.Inputs.Count);
        if (kernel.External is { } external) shape.text.Append(external.Symbol).Append(new Seq<int>([.. external.Operands.Select(b => b is null ? -1 : shape.buffers[b])]));
        shape.Write(kernel.Body);
        return shape.text.ToString();
    }

    private void Declare(Buffer buffer)
    {
        Seq<int> extents = [.. buffer.Shape.Select(Part)];
        buffers[buffer] = buffers.Count;
        text.Append('b').Append(buffers.Count - 1).Append(' ').Append(buffer.Scalar.Text).Append(' ').Append(buffer.Space).Append(extents).Append(buffer.Order).Append(';');
    }

    private void Write(Stmt stmt)
    {
        Seq<int> own = stmt is Scratch ? [] : [.. stmt.Own.Select(Part)];
        switch (stmt)
        {
            case Loop l:
                text.Append("loop ").Append(l.Kind).Append(own);
                axes[l.Axis] = axes.Count;
                break;
            case Scratch s: Declare(s.Buffer); break;
            case Store s: text.Append("store ").Append(buffers[s.Buffer]).Append(own); break;
            case Guard: text.Append("guard ").Append(own); break;
        }
        text.Append('{');
        foreach (var inner in stmt.Inner) Write(inner);
        text.Append('}');
    }

    /// <summary>The number of a part; parts are numbered in the order they are first met, after what they are made of.</summary>
    private int Part(Expr e)
    {
        if (parts.TryGetValue(e, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var axis in e is Reduce r ? r.Axes : e is Dot d ? [d.Lane] : [])
        {
            Part(axis.Extent);
            axes[axis] = axes.Count;
        }
        Seq<int> children = [.. e.Children.Select(Part)];
        var payload = e switch
        {
            Number n => ExprText.Literal(n),
            Axis a => $"axis {axes[a]}",
            Symbol s => $"{s.Low}..{s.High} {s.Name}",
            Binary b => b.Operator.Text(),
            Call c => c.Function.Text(),
            Cast => "cast",
            Bitcast => "bits",
            Load l => $"load {buffers[l.Buffer]}{(l.Outside is null ? "" : " else")}",
            Reduce reduce => $"{reduce.Kind.Text()}{new Seq<int>([.. reduce.Axes.Select(a => axes[a])])}{new Seq<int>([.. reduce.Axes.Select(a => Part(a.Extent))])}",
            Dot dot => $"dot {axes[dot.Lane]} {Part(dot.Lane.Extent)}",
            _ => throw new UnreachableException(),
        };
        text.Append(parts.Count).Append('=').Append(e.Type.Text).Append(' ').Append(payload).Append(children).Append(';');
        return parts[e] = parts.Count;
    }
}
