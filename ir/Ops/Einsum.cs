namespace Lathe.Ir.Ops;

/// <summary>Sums products of operands over the axes that the equation does not keep: ij,jk-&gt;ik is the matrix product. ONNX Einsum, opset 12.</summary>
/// <param name="Equation">A letter for each axis; equal letters run together; … stands for axes that broadcast. Without -&gt; letters that occur once are kept, in alphabetical order.</param>
public sealed record Einsum(string Equation) : FormulaOp
{
    /// <summary>A letter, or minus the distance from the last axis that an ellipsis stands for.</summary>
    private readonly record struct Label(int Code);

    protected override TensorType InferOne(Operands x)
    {
        x.Alike(Enumerable.Range(0, x.Count));
        x.Numeric(0);
        var (terms, kept) = Labels(x);
        var extents = Extents(x, terms);
        return new([.. kept.Select(label => extents.TryGetValue(label, out var extent) ? extent : throw new TypeException($"{Equation} keeps a letter that no operand has"))], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (terms, kept) = Labels(x);
        var extents = Extents(x, terms);
        var summed = terms.SelectMany(term => term).Distinct().Except(kept).ToList();
        return Expr.Sum([.. summed.Select(label => extents[label])], k => terms.Select((term, operand) => x[operand]([.. term.Select((label, axis) =>
            x.Shape(operand)[axis] is Number { Integer: 1 } ? 0 : kept.IndexOf(label) is >= 0 and var place ? at[place] : k[summed.IndexOf(label)])])).Aggregate((product, number) => product * number));
    }

    private static Dictionary<Label, Expr> Extents(Operands x, List<Label>[] terms)
    {
        var extents = new Dictionary<Label, Expr>();
        foreach (var (operand, term) in terms.Index())
            foreach (var (axis, label) in term.Index())
                extents[label] = extents.TryGetValue(label, out var extent) ? Broadcast.Extents(x, [extent], [x.Shape(operand)[axis]])[0] : x.Shape(operand)[axis];
        return extents;
    }

    private (List<Label>[] Terms, List<Label> Kept) Labels(Operands x)
    {
        var sides = Equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var inputs = sides[0].Split(',');
        Require(sides.Length <= 2 && inputs.Length == x.Count, $"{Equation} needs {inputs.Length} operands, it has {x.Count}");
        var terms = inputs.Select((term, operand) => Read(term, x.Type(operand).Rank, x.Type(operand))).ToArray();
        var dots = terms.SelectMany(term => term).Where(label => label.Code < 0).Distinct().OrderBy(label => label.Code).ToList();
        if (sides.Length == 2) return (terms, Read(sides[1], sides[1].Replace("...", "", StringComparison.Ordinal).Length + (sides[1].Contains("...", StringComparison.Ordinal) ? dots.Count : 0), null));
        return (terms, [.. dots, .. terms.SelectMany(term => term).Where(label => label.Code > 0).GroupBy(label => label).Where(g => g.Count() == 1).Select(g => g.Key).OrderBy(label => label.Code)]);
    }

    private List<Label> Read(string term, int rank, TensorType? type)
    {
        var parts = term.Split("...");
        var letters = parts.Sum(part => part.Length);
        Require(parts.Length <= 2 && letters <= rank && (parts.Length == 2 || letters == rank) && string.Concat(parts).All(char.IsAsciiLetter), $"the term {term} of {Equation} does not fit {type?.ToString() ?? "the result"}");
        return [.. parts[0].Select(c => new Label(c)), .. Enumerable.Range(letters, rank - letters).Select(i => new Label(i - rank)), .. parts.Skip(1).SelectMany(part => part.Select(c => new Label(c)))];
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { Equation = "ij,jk->ik" }, Operand.F32(3, 5), Operand.F32(5, 4)),
        new(this with { Equation = "bij,bjk" }, Operand.F32(2, 3, 4), Operand.F32(2, 4, 5)),
        new(this with { Equation = "...ii->...i" }, Operand.F32(2, 3, 3)),
        new(this with { Equation = "...ij,jk->...ik" }, Operand.F32(2, 3, 4), Operand.F32(4, 2)),
        new(this with { Equation = "ij->" }, Operand.F32(3, 5)),
        new(this with { Equation = "i,j->ji" }, Operand.F32(3), Operand.F32(4)),
        new(this with { Equation = "bhqd,bhkd->bhqk" }, Operand.F32(1, 2, 3, 4), Operand.F32(1, 2, 5, 4)),
    ];
}
