using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>Reductions that several statements of a kernel share, and before which statement to name each. Written out twice they would be read back as two.</summary>
internal sealed class SharedReductions
{
    private readonly Dictionary<Stmt, Seq<Stmt>> around = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Stmt, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, bool> holds = [];
    private readonly List<Expr> order = [];
    private readonly Dictionary<Expr, List<Stmt>> owners = [];
    private readonly Dictionary<Stmt, List<Expr>> before = new(ReferenceEqualityComparer.Instance);

    public SharedReductions(Stmt body)
    {
        Number(body, []);
        foreach (var stmt in numbers.Keys) foreach (var root in stmt.Own) Visit(root);
        if (order.Count == 0) return;
        foreach (var stmt in numbers.Keys) foreach (var root in stmt.Own) Own(root, stmt);
        foreach (var e in Enumerable.Reverse(order))
        {
            var all = owners[e];
            var owner = all[0];
            if (all.Count > 1)
            {
                owner = all.Aggregate(Common);
                if (!before.TryGetValue(owner, out var list)) before[owner] = list = [];
                list.Insert(0, e);
                // A pseudo-statement of its own: what only its definition uses is shared by no other.
                owner = new Block([]);
                around[owner] = around[all.Aggregate(Common)];
                numbers[owner] = numbers[all.Aggregate(Common)];
            }
            foreach (var child in e.Children) Own(child, owner);
        }
    }

    /// <summary>What to name before a statement, parts before what they are part of.</summary>
    public IEnumerable<Expr> Before(Stmt stmt) => before.TryGetValue(stmt, out var list) ? list : [];

    private void Number(Stmt stmt, Seq<Stmt> outer)
    {
        numbers[stmt] = numbers.Count;
        Seq<Stmt> chain = [.. outer, stmt];
        around[stmt] = chain;
        foreach (var inner in stmt.Inner) Number(inner, chain);
    }

    /// <summary>Whether a formula holds a reduction; those that do, parts first.</summary>
    private bool Visit(Expr e)
    {
        if (holds.TryGetValue(e, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var found = e is Reduce or Dot;
        foreach (var child in e.Children) found |= Visit(child);
        if (found) order.Add(e);
        return holds[e] = found;
    }

    private void Own(Expr e, Stmt owner)
    {
        if (!holds[e]) return;
        if (!owners.TryGetValue(e, out var list)) owners[e] = list = [];
        if (!list.Contains(owner, ReferenceEqualityComparer.Instance)) list.Add(owner);
    }

    /// <summary>The statement before which both can read a name.</summary>
    private Stmt Common(Stmt a, Stmt b)
    {
        var (x, y) = (around[a], around[b]);
        var same = 0;
        while (same < x.Count && same < y.Count && ReferenceEquals(x[same], y[same])) same++;
        if (same == x.Count || same == y.Count) return same == x.Count ? x[^1] : y[^1];
        return numbers[x[same]] < numbers[y[same]] ? x[same] : y[same];
    }
}
