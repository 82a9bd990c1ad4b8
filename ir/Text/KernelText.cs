namespace Lathe.Ir;

/// <summary>Writes a kernel: loops that nest without a break on one line, one store a line.</summary>
internal sealed class KernelText
{
    private readonly TextWriting text;
    private readonly SharedReductions shared;
    private readonly Dictionary<Expr, string> sharedNames = [];
    private readonly Dictionary<Stmt, Lets> lets = new(ReferenceEqualityComparer.Instance);
    private int names;

    private KernelText(TextWriting text, Stmt body) => (this.text, shared) = (text, new(body));

    public static void Write(TextWriting text, Kernel kernel)
    {
        kernel = Canonical.Of(kernel);
        string List(Seq<Buffer> buffers) => string.Join(", ", buffers.Select(b => TextWriting.Declared(b)));
        text.Braces($"kernel {NameText.Bare(kernel.Name)}({List(kernel.Inputs)}) -> {(kernel.Outputs is [] ? "()" : List(kernel.Outputs))}{TextWriting.Where(kernel.Symbols)}{Called(kernel.External)}",
            () => new KernelText(text, kernel.Body).Body(kernel.Body));
    }

    private static string Called(External? external) =>
        external is null ? "" : $" external {NameText.Quoted(external.Symbol)}({string.Join(", ", external.Operands.Select(b => b is null ? "_" : $"%{NameText.Sigiled(b.Name)}"))})";

    private void Body(Stmt stmt)
    {
        if (stmt is not Block block) { Line(stmt, last: true); return; }
        for (var i = 0; i < block.Steps.Count; i++) Line(block.Steps[i], i == block.Steps.Count - 1);
    }

    private void Line(Stmt stmt, bool last)
    {
        Name(stmt);
        switch (stmt)
        {
            case Store s: text.Line($"%{NameText.Sigiled(s.Buffer.Name)}[{string.Join(", ", s.At.Select(i => Show(i, s)))}] = {Show(s.Value, s)}"); break;
            // A scratch lasts to the end of its braces.
            case Scratch when !last: text.Braces("", () => Line(stmt, last: true)); break;
            case Scratch s:
                text.Line($"scratch {TextWriting.Declared(s.Buffer)}");
                Body(s.Body);
                break;
            default:
                var (heads, kind) = (new List<string>(), (LoopKind?)null);
                while (true)
                {
                    heads.Add(stmt is Guard g ? $"if {Show(g.Condition, g)}" : stmt is Loop l ? $"{(l.Kind == kind ? "" : RecordText.Show(l.Kind) + " ")}{l.Axis.Name} in {Show(l.Axis.Extent, l)}" : throw new UnreachableException());
                    kind = (stmt as Loop)?.Kind;
                    stmt = stmt.Inner.Single();
                    if (stmt is not (Loop or Guard) || HasNames(stmt)) break;
                }
                text.Braces(string.Join(", ", heads), () => Body(stmt));
                break;
        }
    }

    private string Show(Expr e, Stmt stmt) => Show(e, Of(stmt));

    private static string Show(Expr e, Lets lets, bool definition = false) => ExprText.Show(e, axis => axis.Name, lets.Name, lets.In, definition);

    private Lets Of(Stmt stmt) => lets.TryGetValue(stmt, out var known) ? known : lets[stmt] = new(stmt is Scratch ? [] : stmt.Own, e => sharedNames.GetValueOrDefault(e), Next);

    private bool HasNames(Stmt stmt) => shared.Before(stmt).Any() || Of(stmt).Before.Any();

    private string Next() => NameText.LetName(names++);

    /// <summary>The names that a statement's formulas, and those of others with it, refer to.</summary>
    private void Name(Stmt stmt)
    {
        foreach (var part in shared.Before(stmt).Where(part => !sharedNames.ContainsKey(part)))
        {
            var inside = new Lets([part], e => e == part ? null : sharedNames.GetValueOrDefault(e), Next);
            Write(inside);
            var definition = Show(part, inside, definition: true);
            text.Line($"let {sharedNames[part] = Next()} = {definition}");
        }
        Write(Of(stmt));
    }

    private void Write(Lets lets)
    {
        foreach (var part in lets.Before) text.Line($"let {lets.Name(part)} = {Show(part, lets, definition: true)}");
    }
}
