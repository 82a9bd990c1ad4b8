namespace Lathe.Ir;

/// <summary>
/// The walk face of weights in blocks: what is kept one after another, read off the formula that reads one number. Whoever walks asks where the numbers of a
/// block row begin and which block each is of, and leaves out the rest.
/// </summary>
/// <param name="Whole">The part of the formula that is a number of the list or 0.</param>
/// <param name="IsKept">Whether a place is kept.</param>
/// <param name="Rank">How many blocks are kept before that of a place.</param>
/// <param name="Block">Its block, counted in the order of the list.</param>
/// <param name="Lane">Which number of its block a place is.</param>
/// <param name="Count">How many blocks are kept, <paramref name="Size"/> numbers in each.</param>
public sealed record BlockWalk(Expr Whole, Expr IsKept, Expr Rank, Expr Block, Expr Lane, long Count, long Size)
{
    /// <summary>Null where the formula reads no such weight.</summary>
    public static BlockWalk? Find(Expr formula)
    {
        foreach (var select in formula.Parts().OfType<Call>().Where(c => c is { Function: Function.Select, Arguments: [_, _, Number { IsReal: true, Real: 0 }] }))
        {
            var (kept, read) = (select.Arguments[0], select.Arguments[1].Parts().OfType<Load>().FirstOrDefault(load => load is { Outside: null, At: [Call { Function: Function.Select }, _] }));
            if (read is not { At: [Call position, _], Buffer.Shape: [Number { Integer: var count }, Number { Integer: var size }] } || position.Arguments[0] != kept || position.Arguments[2] is not Number { Integer: 0 }) continue;
            if (kept.Parts().OfType<Binary>().FirstOrDefault(b => b is { Operator: Operator.ShiftRight, A: Load { At: [_] }, B: Cast }) is not { A: Load { At: [var word], Buffer.Scalar: var kind }, B: Cast { Operand: var bit } }) continue;
            return new(select, kept, position.Arguments[1], Linear.Simplify(word * kind.Bits + bit), read.At[1], count, size);
        }
        return null;
    }

    /// <summary>The number of a place that is kept.</summary>
    public Expr Kept => ((Call)Whole).Arguments[1];

    /// <summary>The formula's number for an entry of the list, for given axes of the place.</summary>
    /// <param name="formula">In which this was found, or a part of <see cref="Kept"/>.</param>
    /// <param name="entry">Which block of the list, <paramref name="lane"/> which of its numbers.</param>
    /// <param name="at">What stands for the axes of the place elsewhere: in the groups of scales.</param>
    public Expr Number(Expr formula, Expr entry, Expr lane, IReadOnlyCollection<(Axis, Expr)> at)
    {
        Expr Read(Expr e) => e.Replace(part => part is Load { At: [Call { Function: Function.Select } position, _] } load && position.Arguments[0] == IsKept ? Load.Of(load.Buffer, [entry, lane]) : null);
        var value = Read(Kept);
        return Read(formula.Replace(part => part == Whole ? value : null)).Substitute(at);
    }
}
