using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>
/// Finds the pattern of a rewrite behind a step. Operands of an operator that does not mind their order are tried in both; steps whose values are read outside
/// of the pattern too are not taken, unless <c>shared</c> allows it: they would be computed all the same.
/// </summary>
public sealed class Matcher
{
    private readonly Dictionary<string, Bound> bounds;
    private readonly HashSet<string> shared, verbs;

    public Matcher(Rewrite rewrite)
    {
        Rewrite = rewrite;
        bounds = rewrite.Match.SelectMany(b => b.Names.Select(name => (name, b))).ToDictionary(p => p.name, p => p.b, StringComparer.Ordinal);
        shared = [.. (rewrite.Where?.All ?? []).OfType<ApplyTerm>().Where(a => a.Function == "shared").SelectMany(a => a.Arguments).OfType<FoundTerm>().Select(f => f.Name)];
        verbs = [.. ((StepPart)rewrite.Root.Part).Verbs];
    }

    public Rewrite Rewrite { get; }

    /// <summary>What the names stand for where the pattern ends in a step; null where it does not.</summary>
    /// <param name="step">The step whose results are replaced.</param>
    /// <param name="around">Who makes and reads the values around it.</param>
    /// <param name="may">Whether a step may be taken.</param>
    public Found? Find(Node step, Surroundings around, Func<Node, bool>? may = null)
    {
        if (!verbs.Contains(step.Op.Name)) return null;
        foreach (var found in Steps(Rewrite.Root, step, around, Found.Nothing))
            if (found.Steps.All(s => may?.Invoke(s) ?? true) && IsClosed(found, step, around) && Holds(found)) return found;
        return null;
    }

    private bool Holds(Found found)
    {
        try { return Rewrite.Where is null || Rewrite.Where.Of(found) is true; }
        catch (TypeException) { return false; } // it asks for what these values do not have
    }

    /// <summary>Whether nobody else reads what the steps before the root make.</summary>
    private bool IsClosed(Found found, Node root, Surroundings around)
    {
        var free = shared.Select(found.Values.GetValueOrDefault).ToHashSet();
        return found.Steps.Where(s => !ReferenceEquals(s, root)).SelectMany(s => s.Results)
            .All(v => free.Contains(v) || !around.IsOutput(v) && around.Readers(v) is var readers && readers == found.Steps.Count(s => s.Reads.Contains(v)));
    }

    /// <summary>The ways in which a bound of the pattern can be a step.</summary>
    private IEnumerable<Found> Steps(Bound bound, Node step, Surroundings around, Found found)
    {
        if (bound.Names.Count > step.Results.Count || step.Results.Skip(bound.Names.Count).Any(v => around.Readers(v) > 0 || around.IsOutput(v))) return [];
        Found? named = found;
        foreach (var (name, value) in bound.Names.Zip(step.Results)) named = named?.With(name, value);
        return named is null ? [] : Steps((StepPart)bound.Part, step, around, named);
    }

    private IEnumerable<Found> Steps(StepPart part, Node step, Surroundings around, Found found)
    {
        if (!part.Verbs.Contains(step.Op.Name) || step.Regions.Count > 0 || step.Op.Binds.Count > 0) return [];
        var named = Attributes(part, step.Op, found);
        if (part.Type is { } type && named is not null) named = step.Results.Count == 1 ? Typed(type, step.Result.Type, named) : null;
        if (named is null) return [];
        var with = named with { Steps = named.Steps.Add(step) };
        var ways = Operands(part, step.Operands, 0, around, with);
        return part.Operands.Count == 2 && step.Operands is [{ } a, { } b] && part.Operands.All(o => o is not RestPart) && Commuting.Is(step.Op) ? ways.Concat(Operands(part, [b, a], 0, around, with)) : ways;
    }

    private IEnumerable<Found> Operands(StepPart part, Seq<Value?> operands, int at, Surroundings around, Found found)
    {
        if (at == part.Operands.Count) return operands.Skip(at).All(v => v is null) ? [found] : [];
        if (part.Operands[at] is RestPart rest) return found.With(rest.Name, [.. operands.Skip(at)]) is { } all ? [all] : [];
        return Values(part.Operands[at], at < operands.Count ? operands[at] : null, around, found).SelectMany(f => Operands(part, operands, at + 1, around, f));
    }

    private IEnumerable<Found> Values(Part part, Value? value, Surroundings around, Found found)
    {
        if (value is null) return part is AbsentPart ? [found] : [];
        switch (part)
        {
            case ValuePart named:
                if (named.IsWeight && !value.IsWeight) return [];
                if (named.Type is { } type)
                {
                    if (Typed(type, value.Type, found) is not { } typed) return [];
                    found = typed;
                }
                if (found.Values.ContainsKey(named.Name) || !bounds.TryGetValue(named.Name, out var bound)) return found.With(named.Name, value) is { } with ? [with] : [];
                return around.Maker(value) is { } maker && maker.Results.ToList().IndexOf(value) == bound.Names.ToList().IndexOf(named.Name) ? Steps(bound, maker, around, found) : [];
            case StepPart step:
                return around.Maker(value) is { } node && ReferenceEquals(node.Result, value) && node.Results.Skip(1).All(v => around.Readers(v) == 0 && !around.IsOutput(v)) ? Steps(step, node, around, found) : [];
            case NumberPart number:
                return TermFunctions.Known["value"].Apply([value]) is { } known && IsNumber(number.Number.Real, known, value.Type.Scalar) ? [found] : [];
            case WholesPart wholes:
                return value.Type.Rank == 1 && TermFunctions.Known["contents"].Apply([value]) is { } contents && new ListTerm(wholes.Elements).Of(found) is { } list && TermFunctions.Compare("==", contents, list) == true ? [found] : [];
            default:
                return [];
        }
    }

    /// <summary>Whether a known number is a literal, rounded as the number's kind asks.</summary>
    private static bool IsNumber(double literal, object known, Scalar kind)
    {
        if (TermFunctions.Real(known) is not { } number) return false;
        if (!kind.IsReal) return number == literal;
        Span<byte> bytes = stackalloc byte[8];
        Numbers.Write(kind, bytes, 0, literal);
        return number == Numbers.Read(kind, bytes, 0);
    }

    private static Found? Attributes(StepPart part, Op op, Found? found)
    {
        if (part.Variable != "") found = found!.WithVariable(part.Variable, op);
        foreach (var parameter in RecordText.Parameters(op.GetType()))
        {
            var said = part.Attributes.FirstOrDefault(a => a.Name == parameter.Name);
            var value = parameter.Property.GetValue(op);
            if (said is null && part.Variable == "" && !Equals(value, parameter.Default)) return null;
            if (said is null) continue;
            if (AttributeValue.Read(value) is not { } read) return null;
            if (said.Value is FoundTerm { Sigil: '$' } variable) found = found?.WithVariable(variable.Name, read);
            else if (found is null || said.Value.Of(found) is not { } wanted || TermFunctions.Compare("==", wanted, read) != true) return null;
        }
        return found;
    }

    private static Found? Typed(TypePattern pattern, TensorType type, Found found)
    {
        if (type.Encoding is not Dense) return null;
        if (pattern.Kind.StartsWith('$')) found = found.WithVariable(pattern.Kind[1..], type.Scalar)!;
        else if (pattern.Kind != TypePattern.Any && pattern.Kind != type.Scalar.Text) return null;
        if (pattern.Extents is not { } extents || found is null) return found;
        var rest = extents.ToList().IndexOf(TypePattern.Rest);
        if (rest < 0 ? extents.Count != type.Rank : extents.Count - 1 > type.Rank) return null;
        Found? all = found;
        for (var i = 0; i < extents.Count && all is not null; i++)
        {
            if (i == rest) continue;
            var extent = type.Shape[rest >= 0 && i > rest ? type.Rank - extents.Count + i : i];
            all = extents[i] == TypePattern.Any ? all : long.TryParse(extents[i], out var whole) ? Linear.ProvesEqual(extent, whole) ? all : null : all.With(extents[i], extent);
        }
        return all;
    }
}
