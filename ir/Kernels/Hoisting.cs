namespace Lathe.Ir;

/// <summary>Takes a reduction that does not depend on the inner loops out of them, into scratch: softmax's one formula becomes three loops.</summary>
public static class Hoisting
{
    public static Stmt Hoist(Stmt stmt) => stmt switch
    {
        Loop => Nest(stmt),
        Block b => Stmts.Do(b.Steps.Select(Hoist)),
        Scratch s => new Scratch(s.Buffer, Hoist(s.Body)),
        Guard g => new Guard(g.Condition, Hoist(g.Body)),
        _ => stmt,
    };

    /// <summary>A perfect nest of loops around stores: loops that most reductions depend on move outside, then each reduction to the level it needs.</summary>
    private static Stmt Nest(Stmt nest)
    {
        var (axes, body) = (new List<Axis>(), nest);
        for (; body is Loop l; body = l.Body) axes.Add(l.Axis);
        Seq<Store> stores = body switch { Store s => [s], Block b when b.Steps.All(s => s is Store) => [.. b.Steps.Cast<Store>()], _ => [] };
        if (stores.Count == 0) return nest is Loop outer ? new Loop(outer.Kind, outer.Axis, Hoist(outer.Body)) : nest;

        bool Inner(Reduce r) => r.Free.Count < axes.Count && r.Free.All(axes.Contains);
        var found = stores.SelectMany(s => s.Value.Parts()).OfType<Reduce>().Where(Inner).Distinct().ToList();
        if (found.Count == 0) return nest;
        axes = [.. axes.OrderByDescending(a => found.Count(r => r.Mentions(a)))];
        int Level(Expr e) => axes.FindLastIndex(e.Mentions) + 1;

        // Reductions inside others come first, so that what is hoisted reads what was hoisted before.
        var (names, taken) = (0, new List<(int Level, Buffer Buffer, Expr Value)>());
        var map = new Dictionary<Expr, Expr>();
        Expr Rewritten(Expr e) => e.Replace(part => map.GetValueOrDefault(part));
        foreach (var reduce in found.OrderBy(Depth))
        {
            if (Level(reduce) == axes.Count) continue;
            var scratch = new Buffer($"{stores[0].Buffer.Name}.{reduce.Kind.Text()}{(names++ == 0 ? "" : names)}", reduce.Type, [], Space.Registers);
            taken.Add((Level(reduce), scratch, reduce.With([Rewritten(reduce.Body)])));
            map[reduce] = scratch[[]];
        }
        Stmt inside = Stmts.Do(stores.Select(s => (Stmt)new Store(s.Buffer, s.At, Rewritten(s.Value))));
        for (var level = axes.Count; level >= 0; level--)
        {
            if (level < axes.Count) inside = new Loop(LoopKind.For, axes[level], inside);
            if (level == axes.Count - 1 && taken.LastOrDefault() is { Buffer: not null } last && last.Level == level && Kept(last, inside) is { } kept)
            {
                taken.Remove(last);
                inside = kept;
            }
            foreach (var (_, buffer, value) in taken.Where(t => t.Level == level).Reverse())
                inside = new Scratch(buffer, Stmts.Do(buffer.Set([], value), inside));
        }
        return inside;
    }

    /// <summary>
    /// What a sum adds up and the result is made of, number by number, is kept where the result will lie, then summed, then finished: softmax's exp runs once.
    /// </summary>
    /// <param name="sum">The last that was taken out.</param>
    /// <param name="loop">Behind it: one loop around one store.</param>
    private static Stmt? Kept((int Level, Buffer Buffer, Expr Value) sum, Stmt loop)
    {
        if (loop is not Loop { Kind: LoopKind.For, Body: Store store } l || sum.Value is not Reduce { Axes: [var axis] } reduce || !Linear.ProvesEqual(axis.Extent, l.Axis.Extent)) return null;
        if (reduce.Type != store.Buffer.Scalar || store.Buffer.Scalar.Bits < 32 || reduce.Body is Load || !reduce.Body.Parts().OfType<Call>().Any()) return null;
        var term = reduce.Body.Substitute((axis, l.Axis));
        if (!store.Value.Parts().Contains(term)) return null;
        var (there, again) = (store.Buffer[store.At], new Axis(l.Axis.Name, l.Axis.Extent));
        var finished = store.Value.Replace(part => part == term ? there : null);
        // All of it must be told by what was kept: otherwise operands would be read once more.
        if (finished.Parts().OfType<Load>().Any(load => load != there && load.Mentions(l.Axis))) return null;
        return new Scratch(sum.Buffer, Stmts.Do(
            new Loop(LoopKind.For, l.Axis, store.Buffer.Set(store.At, term)),
            sum.Buffer.Set([], reduce.With([there.Substitute((l.Axis, axis))])),
            new Loop(LoopKind.For, again, new Store(store.Buffer, store.At, finished).Map(e => e.Substitute((l.Axis, again))))));
    }

    /// <summary>How many reductions stand inside one another below this.</summary>
    private static int Depth(Expr e)
    {
        var depths = new Dictionary<Expr, int>(ReferenceEqualityComparer.Instance);
        return Of(e);
        int Of(Expr part)
        {
            if (depths.TryGetValue(part, out var known)) return known;
            var inside = 0;
            foreach (var child in part.Children) inside = Math.Max(inside, Of(child));
            return depths[part] = inside + (part is Reduce ? 1 : 0);
        }
    }
}
