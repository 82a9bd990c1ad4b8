namespace Lathe.Ir;

/// <summary>Names of an operator's own arrays. Arguments are named by the model, which may call a value what an operator calls an array.</summary>
internal static class ScratchNames
{
    /// <summary>The same statements, arrays renamed where an argument has their name.</summary>
    /// <param name="body">What an operator wrote.</param>
    /// <param name="arguments">Names that are taken.</param>
    public static Stmt Apart(Stmt body, IReadOnlySet<string> arguments)
    {
        var renamed = body.All.OfType<Scratch>().Select(s => s.Buffer).Distinct().Where(b => arguments.Contains(b.Name)).ToDictionary(b => b, b => b with { Name = Free(b.Name, arguments) });
        return renamed.Count == 0 ? body : Rewrite(body);

        Stmt Rewrite(Stmt stmt) => stmt switch
        {
            Loop l => Over(l, Number(l.Axis.Extent)),
            Block b => Stmts.Do(b.Steps.Select(Rewrite)),
            Scratch s => new Scratch(Array(s.Buffer), Rewrite(s.Body)),
            Store s => new Store(Array(s.Buffer), [.. s.At.Select(Number)], Number(s.Value)),
            Guard g => new Guard(Number(g.Condition), Rewrite(g.Body)),
            _ => throw new UnreachableException(),
        };
        Stmt Over(Loop l, Expr extent)
        {
            if (extent == l.Axis.Extent) return new Loop(l.Kind, l.Axis, Rewrite(l.Body));
            var axis = new Axis(l.Axis.Name, extent);
            return new Loop(l.Kind, axis, Rewrite(l.Body).Map(e => e.Substitute((l.Axis, axis))));
        }
        Buffer Array(Buffer buffer) => renamed.GetValueOrDefault(buffer, buffer);
        Expr Number(Expr e) => e.Replace(part => part is Load load && renamed.TryGetValue(load.Buffer, out var other) ? Load.Of(other, [.. load.At.Select(Number)], load.Outside is null ? null : Number(load.Outside)) : null);
    }

    private static string Free(string name, IReadOnlySet<string> taken)
    {
        var n = 2;
        while (taken.Contains($"{name}.{n}")) n++;
        return $"{name}.{n}";
    }
}
