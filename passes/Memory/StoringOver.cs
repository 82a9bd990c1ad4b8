using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Kernels whose result lies where an operand lies: they read their own output and take one argument less, so no two pointers name the same bytes.</summary>
internal static class StoringOver
{
    /// <summary>The kernel with an input taken from where the output will be stored; null where it reads the input anywhere else.</summary>
    /// <param name="kernel">As lowered: it stores each number once, or copies the input and changes some of the copy.</param>
    public static Kernel? Of(Kernel kernel, int operand)
    {
        if (kernel is not { Outputs: [var output], External: null }) return null;
        var input = kernel.Inputs[operand];
        return (Changed(kernel, input, output) ?? Elements(kernel, input, output) ?? Rows(kernel, input, output)) is { } body
            ? kernel with { Name = kernel.Name + ".in_place", Inputs = [.. kernel.Inputs.Where((_, i) => i != operand)], Body = body } : null;
    }

    /// <summary>Behind a copy of all of the input nothing reads it again, as a scatter does: the copy is there already.</summary>
    private static Stmt? Changed(Kernel kernel, Buffer input, Buffer output)
    {
        if (kernel.Body is not Block { Steps: [var first, .. var rest] } || Views.Source(new("", [input], [output], first)) != input) return null;
        var changes = Stmts.Do(rest);
        return changes.Loads.Any(l => l.Buffer == input) ? null : changes;
    }

    /// <summary>Each number is made of the input's at the same place.</summary>
    private static Stmt? Elements(Kernel kernel, Buffer input, Buffer output)
    {
        if (kernel.Body.All.OfType<Store>().Where(s => s.Buffer == output).ToList() is not [var store]) return null;
        var inStore = store.Value.Parts().OfType<Load>().Where(l => l.Buffer == input).ToList();
        if (inStore.Count == 0 || inStore.Exists(l => l.Outside is not null || !Views.Same(input.Flat(l.At), output.Flat(store.At)))) return null;
        if (kernel.Body.Loads.Count(l => l.Buffer == input) != inStore.Count || store.Value.Parts().OfType<Reduce>().Any(r => r.Parts().OfType<Load>().Any(l => l.Buffer == input))) return null;
        return kernel.Body.Map(e => e.Replace(part => part is Load load && load.Buffer == input ? output[store.At] : null));
    }

    /// <summary>Each row is made of the same row of the input, which nothing reads any more once the first number of the row is stored, but where it is stored: softmax.</summary>
    private static Stmt? Rows(Kernel kernel, Buffer input, Buffer output)
    {
        if (input.Shape != output.Shape || input.Order != output.Order) return null;
        var (rows, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop { Kind: LoopKind.For } l; body = l.Body) rows.Add(l.Axis);
        var statements = body.All.ToList();
        var stores = statements.OfType<Store>().Where(s => s.Buffer == output).ToList();
        if (stores.Count == 0) return null;
        var first = stores[0];
        // Nothing behind the first store reads the input; the loop around that store, if there is one, holds nothing else.
        if (statements.Skip(statements.IndexOf(first) + 1).Any(s => Reads(s.Own).Any())) return null;
        if (statements.OfType<Loop>().Where(l => l.Body.All.Contains(first)).Any(l => l.Body != first)) return null;
        if (Reads([first.Value]).Any(l => !Views.Same(input.Flat(l.At), output.Flat(first.At))) || first.Value.Parts().OfType<Reduce>().Any(r => Reads([r.Body]).Any())) return null;
        // Rows are apart: an axis of the tensor for each loop around.
        var all = Reads(statements.SelectMany(s => s.Own)).Select(l => l.At).Concat(stores.Select(s => s.At)).ToList();
        if (Reads(statements.SelectMany(s => s.Own)).Any(l => l.Outside is not null)) return null;
        if (!rows.TrueForAll(row => Enumerable.Range(0, output.Shape.Count).Any(axis => all.TrueForAll(at => at[axis] == row)))) return null;
        return kernel.Body.Map(e => e.Replace(part => part is Load load && load.Buffer == input ? output[load.At] : null));

        IEnumerable<Load> Reads(IEnumerable<Expr> expressions) => expressions.SelectMany(e => e.Parts()).OfType<Load>().Where(l => l.Buffer == input);
    }
}
