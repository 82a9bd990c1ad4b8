using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>
/// Which shared parts of one statement's formulas get a name, and in whose braces: so that text grows with the graph of a formula, not with its tree.
/// A part is named where it is used twice and either is longer than a glance or holds a reduction, which written twice would be two.
/// </summary>
/// <remarks>A <c>let</c> names a formula, not a stored number: where it stands says nothing about when it is computed.</remarks>
internal sealed class Lets
{
    /// <summary>Nodes that are written again rather than named.</summary>
    private const int Glance = 8;
    private const int Long = 1 << 20;

    private sealed record Scope(Scope? Around, int Depth);

    private readonly Func<Expr, string?> known;
    private readonly Dictionary<Expr, string> names = [];
    private readonly List<Expr> order = [];
    private readonly Dictionary<Expr, int> uses = [];
    private readonly Dictionary<Expr, int> sizes = [];
    private readonly Dictionary<Expr, Scope> places = [];
    private readonly Dictionary<Expr, Scope> inside = [];
    private readonly Scope top = new(null, 0);

    /// <param name="roots">What the statement writes.</param>
    /// <param name="known">Names that parts have from further out.</param>
    /// <param name="name">The next free name.</param>
    public Lets(IEnumerable<Expr> roots, Func<Expr, string?> known, Func<string> name)
    {
        this.known = known;
        foreach (var root in roots) Use(root);
        var named = order.Where(IsNamed).ToHashSet();
        Place(roots);
        foreach (var e in order) if (named.Contains(e)) names[e] = name();
    }

    public string? Name(Expr e) => known(e) ?? names.GetValueOrDefault(e);

    /// <summary>Parts to name before the statement.</summary>
    public IEnumerable<Expr> Before => At(top);

    /// <summary>Parts to name inside the braces of a reduction.</summary>
    public IEnumerable<Expr> In(Expr binder) => inside.TryGetValue(binder, out var scope) ? At(scope) : [];

    private IEnumerable<Expr> At(Scope scope) => order.Where(e => names.ContainsKey(e) && places[e] == scope);

    /// <summary>Counts the uses of each part; parts come before what they are part of.</summary>
    private void Use(Expr e)
    {
        if (known(e) is not null) return;
        uses[e] = uses.GetValueOrDefault(e) + 1;
        if (uses[e] > 1) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var child in e.Children) Use(child);
        order.Add(e);
    }

    private bool IsNamed(Expr e)
    {
        var size = e is Reduce or Dot ? Long : (int)Math.Min(Long, 1 + e.Children.Sum(child => (long)(known(child) is null ? sizes[child] : 1)));
        var named = uses[e] > 1 && size > Glance;
        sizes[e] = named ? 1 : size;
        return named;
    }

    /// <summary>Each part in the innermost braces around all its uses.</summary>
    private void Place(IEnumerable<Expr> roots)
    {
        foreach (var root in roots) Put(root, top);
        foreach (var e in Enumerable.Reverse(order))
        {
            var place = e is Reduce or Dot ? inside[e] = new(places[e], places[e].Depth + 1) : places[e];
            foreach (var child in e.Children) Put(child, place);
        }
    }

    private void Put(Expr e, Scope place)
    {
        if (known(e) is not null) return;
        places[e] = places.TryGetValue(e, out var other) ? Common(other, place) : place;
    }

    private static Scope Common(Scope a, Scope b)
    {
        while (a != b) (a, b) = a.Depth >= b.Depth ? (a.Around!, b) : (a, b.Around!);
        return a;
    }
}
