using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>
/// Numbers of a run that depend on its dimensions (offsets, extents, sizes, guards) as one kernel that fills a table:
/// the same expressions, through the same emitter, as any other kernel. A number known when compiling needs no place in the table.
/// </summary>
public sealed class PlanKernel
{
    private readonly List<Expr> entries = [];
    private readonly Dictionary<Expr, int> places = [];

    public PlanKernel(string name, params IEnumerable<Expr> wanted)
    {
        foreach (var expr in wanted)
        {
            if (expr is Number || places.ContainsKey(expr)) continue;
            places[expr] = entries.Count;
            entries.Add(expr);
        }
        var table = new Buffer("table", Scalar.I64, [Math.Max(1, entries.Count)]);
        Kernel = new(name, [], [table], Stmts.Do(entries.Select((e, i) => table.Set([i], e.As(Scalar.I64)))));
    }

    /// <summary>Everything that is needed when the model is entered, or asked for its sizes.</summary>
    public static PlanKernel AtEntry(string name, Program program)
    {
        var bounds = Bounds.Of(program);
        return new(name, program.Inputs.Concat(program.Outputs).SelectMany(v => v.Type.Shape).Select(bounds.Most)
            .Concat(program.Outputs.Select(v => Bytes(v.Type)).Where(bytes => !bounds.BoundIn(bytes).Any()))
            .Concat(program.Slots.Select(s => s.Offset))
            .Concat(program.Steps.Calls.Select(c => c.Scratch).OfType<Expr>())
            .Concat(program.Guards.Select(g => g.Condition))
            .Append(program.ArenaBytes));
    }

    public Kernel Kernel { get; }

    /// <summary>Numbers in the table.</summary>
    public int Count => entries.Count;

    /// <summary>The value where known, else the place in the table.</summary>
    public (long? Value, int Place) Find(Expr expr) => expr is Number n ? (n.Integer, -1) : (null, places[expr]);

    /// <summary>Bytes that a tensor takes.</summary>
    public static Expr Bytes(TensorType type) => Linear.Simplify((type.Size * type.Scalar.Bits + 7) / 8);
}
