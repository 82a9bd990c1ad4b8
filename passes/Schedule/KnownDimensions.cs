using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A kernel in which symbols are numbers, or go by other names: its buffers keep theirs, loops of one round are gone.</summary>
internal sealed class KnownDimensions
{
    private readonly IReadOnlyDictionary<Symbol, Expr> numbers;
    private readonly Dictionary<Buffer, Buffer> buffers = [];
    private readonly Dictionary<Axis, Expr> axes = [];
    private readonly Dictionary<Expr, Expr> known = new(ReferenceEqualityComparer.Instance);

    private KnownDimensions(IReadOnlyDictionary<Symbol, Expr> numbers) => this.numbers = numbers;

    public static Kernel In(Kernel kernel, IReadOnlyDictionary<Symbol, Expr> numbers)
    {
        var at = new KnownDimensions(numbers);
        return new(kernel.Name, [.. kernel.Inputs.Select(at.Of)], [.. kernel.Outputs.Select(at.Of)], at.Of(kernel.Body));
    }

    private Buffer Of(Buffer buffer) => buffers.TryGetValue(buffer, out var made) ? made : buffers[buffer] = buffer with { Shape = [.. buffer.Shape.Select(Of).Select(Linear.Simplify)] };

    private Stmt Of(Stmt stmt) => stmt switch
    {
        Loop l => Of(l.Axis) is Axis axis ? new Loop(l.Kind, axis, Of(l.Body)) : Of(l.Body),
        Block b => Stmts.Do(b.Steps.Select(Of)),
        Scratch s => new Scratch(Of(s.Buffer), Of(s.Body)),
        Store s => new Store(Of(s.Buffer), [.. s.At.Select(Of).Select(Linear.Simplify)], Of(s.Value)),
        Guard g => Stmts.When(Linear.Decided(Of(g.Condition)), Of(g.Body)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>An axis of the extent that it now has; 0 where that is 1.</summary>
    private Expr Of(Axis axis)
    {
        if (axes.TryGetValue(axis, out var made)) return made;
        var extent = Linear.Simplify(Of(axis.Extent));
        return axes[axis] = extent is Number { Integer: 1 } ? 0 : extent == axis.Extent ? axis : new Axis(axis.Name, extent);
    }

    private Expr Of(Expr e) => known.TryGetValue(e, out var made) ? made : known[e] = e switch
    {
        Symbol s => numbers.TryGetValue(s, out var number) ? number : s,
        Axis a => Of(a),
        Load l => Load.Of(Of(l.Buffer), [.. l.At.Select(Of).Select(Linear.Simplify)], l.Outside is { } outside ? Of(outside) : null),
        Reduce r => Reduce.Of(r.Kind, [.. r.Axes.Select(Of).OfType<Axis>()], Of(r.Body)),
        _ when e.Children.Count == 0 => e,
        _ => Linear.Decided(e.With([.. e.Children.Select(Of)])),
    };
}
