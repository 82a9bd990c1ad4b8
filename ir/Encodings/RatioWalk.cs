namespace Lathe.Ir;

/// <summary>
/// The walk face of weights that keep as many of each group: what is kept one after another along the input, and beside each number its place in its group, read off the
/// formula that reads one number. Whoever walks takes the other factor at that place, and leaves out the rest.
/// </summary>
/// <param name="Entry">Counts what is kept along the input.</param>
/// <param name="Number">The number of an entry, <paramref name="Place"/> where it lies in its group, a whole number.</param>
/// <param name="Of">Inputs of a group, <paramref name="Count"/> those of it that are kept.</param>
public sealed record RatioWalk(Axis Entry, Expr Number, Load Place, long Of, long Count)
{
    /// <summary>Null where the formula is no number of such a weight, or its groups do not fill the input.</summary>
    /// <param name="along">The axis of inputs.</param>
    public static RatioWalk? Find(Expr formula, Axis along)
    {
        if (along.Extent is not Ir.Number { Integer: var inputs }) return null;
        var (slots, rest, of) = (new List<(Load Place, Expr Number)>(), formula, 0L);
        while (Slot(rest, along, inputs) is var (place, size, number, other) && (of == 0 || of == size))
        {
            slots.Insert(0, (place, number));
            (rest, of) = (other, size);
        }
        if (slots.Count == 0 || rest is not Ir.Number { IsReal: true, Real: 0 } || inputs % of != 0) return null;
        long count = slots.Count;
        var (group, inside, entry) = (new Axis("g", inputs / of), new Axis("t", of), new Axis(along.Name, inputs / of * count));
        Expr Placed(Expr e, params (Axis, Expr)[] at) => e.Substitute(at).Replace(part => part is Load load ? Load.Of(load.Buffer, [.. load.At.Select(Linear.Simplify)], load.Outside) : null);
        var read = slots.ConvertAll(slot => (Place: (Load)Placed(slot.Place, (along, group * of + inside)), Number: Placed(slot.Number, (along, group * of + inside))));
        if (read.Exists(slot => slot.Place.Mentions(inside) || slot.Number.Mentions(inside))) return null;
        // What is kept lies where its place does; what groups share, such as a scale, goes by the group.
        var first = read[0].Place.At;
        var axis = Enumerable.Range(0, first.Count).FirstOrDefault(i => first[i].Mentions(group), -1);
        if (axis < 0 || first[axis] != Linear.Simplify(group * count)) return null;
        Expr Generic(Expr e) => Placed(e.Replace(part => part is Load load && load.At == first ? Load.Of(load.Buffer, first.With(axis, entry), load.Outside) : null), (group, entry / count));
        var (all, places) = (Generic(read[0].Number), (Load)Generic(read[0].Place));
        for (var s = 0; s < count; s++)
            if (Placed(all, (entry, group * count + s)) != read[s].Number || Placed(places, (entry, group * count + s)) != read[s].Place) return null;
        return new(entry, all, places, of, count);
    }

    /// <summary>A choice of a number by whether its place is that of the input: the place, inputs of a group, the number, and what is chosen else.</summary>
    private static (Load Place, long Of, Expr Number, Expr Other)? Slot(Expr formula, Axis along, long inputs)
    {
        if (formula is not Call { Function: Function.Select, Arguments: [Binary { Operator: Operator.Equal } same, var number, var rest] }) return null;
        var (place, at) = same.A is Cast { Operand: Load } ? (same.A, same.B) : (same.B, same.A);
        var of = at is Binary { Operator: Operator.Modulo, B: Ir.Number { Integer: var size } } modulo && modulo.A == along ? size : at == along ? inputs : 0;
        return of > 0 && place is Cast { Operand: Load { Outside: null } load } ? (load, of, number, rest) : null;
    }
}
