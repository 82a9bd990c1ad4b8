using System.Collections.Concurrent;
using System.Globalization;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Makes up a graph that a pattern may fit: operators, attributes, types and constants by chance, from what the operators' own examples and the condition suggest.</summary>
internal sealed class PatternDraw
{
    private const int Tries = 24;

    private static readonly ConcurrentDictionary<Type, Seq<Example>> Examples = new();

    private readonly Rewrite rewrite;
    private readonly Random random;
    private readonly LeafDraw leaves;
    private readonly Wishes wishes;
    private readonly bool takesShapes;
    private readonly GraphBuilder builder = new("trial");
    private readonly List<Value> inputs = [];
    private Found found = Found.Nothing;
    private int made;

    /// <param name="extents">What extents may be.</param>
    /// <param name="kind">What most numbers are.</param>
    /// <param name="takesShapes">Whether the shapes of operators' examples are taken over, whose extents are others.</param>
    public PatternDraw(Rewrite rewrite, Random random, Seq<long> extents, Scalar kind, bool takesShapes = true)
    {
        (this.rewrite, this.random, this.takesShapes) = (rewrite, random, takesShapes);
        (leaves, wishes) = (new(random, extents, kind), new(rewrite.Where, random));
    }

    /// <summary>What an operand is filled with, where the operator it belongs to says so.</summary>
    public Dictionary<Value, Operand> Ranges { get; } = [];

    /// <summary>A graph that returns what the pattern ends in; null where chance led nowhere.</summary>
    public Graph? Make()
    {
        try
        {
            Seq<Value> results = [];
            foreach (var bound in rewrite.Match) results = Step((StepPart)bound.Part, bound.Names);
            // Steps over weights alone are folded before any rewrite runs.
            if (builder.Nodes.Any(n => n.Reads.Any() && n.Reads.All(v => v.IsWeight))) return null;
            return builder.Return([.. results.Take(rewrite.Root.Names.Count)]) with { Inputs = [.. inputs] };
        }
        catch (Exception e) when (e is TypeException or OverflowException or ArgumentException or IndexOutOfRangeException) { return null; }
    }

    private Seq<Value> Step(StepPart part, Seq<string> names)
    {
        var type = Ir.Operators.Find(part.Verbs[random.Next(part.Verbs.Count)])!;
        var examples = Examples.GetOrAdd(type, t => [.. Ir.Operators.Examples(t).Where(e => e.Operands.All(o => o?.Type.Encoding is null or Dense))]);
        var fixedOperands = part.Operands.Select(Fixed).ToList();
        for (var attempt = 1; ; attempt++)
        {
            var (before, example) = (found, examples.Count == 0 ? null : examples[random.Next(examples.Count)]);
            try
            {
                var op = Operator(part, type, example, fixedOperands);
                var (operands, ranges) = Operands(part, op, example, fixedOperands);
                var count = Math.Max(1, names.Count);
                Seq<string> called = names is [] ? [$"t{made++}"] : [.. names.Select(n => "y." + n)];
                var own = new GraphBuilder("trial");
                var results = own.Add(called, op, operands);
                if (own.Return().Guards.Count > 0 || results.Count < names.Count || results.Any(r => r.Type.Count > 1 << 16)) throw new TypeException("no good");
                if (op is FormulaOp && results.Count > count) results = results[..count];
                if (part.Verbs.Count > 1 || part.Variable != "") found = found.WithVariable(part.Variable, op) ?? throw new TypeException("two operators");
                builder.Add(new Node(op, operands, results));
                foreach (var (name, value) in names.Zip(results)) found = found.With(name, value)!;
                inputs.AddRange(operands.OfType<Value>().Distinct().Where(v => ranges.ContainsKey(v) && !v.IsWeight));
                foreach (var (value, range) in ranges) if (range is not null) Ranges[value] = range;
                return results;
            }
            catch (Exception e) when (attempt < Tries && e is TypeException or OverflowException or ArgumentException or IndexOutOfRangeException)
            {
                found = before;
            }
        }
    }

    /// <summary>An operand that is settled already; null for one to make up.</summary>
    private Value? Fixed(Part part) => part switch
    {
        StepPart step => Step(step, [])[0],
        ValuePart value => found.Values.GetValueOrDefault(value.Name),
        _ => null,
    };

    private Op Operator(StepPart part, Type type, Example? example, List<Value?> operands)
    {
        var rank = operands.OfType<Value>().FirstOrDefault()?.Type.Rank ?? random.Next(1, 5);
        return (Op)RecordText.Make(type, p =>
        {
            var suggested = example is null ? p.Default : p.Property.GetValue(example.Op);
            if (part.Attributes.FirstOrDefault(a => a.Name == p.Name) is not { } said) return part.Variable == "" ? null : suggested;
            if (said.Value is FoundTerm { Sigil: '$' } variable)
            {
                var chosen = found.Variables.GetValueOrDefault(variable.Name) ?? wishes.Of("", variable.Name, found)
                    ?? (random.Next(3) == 0 ? AttributeValue.Read(suggested) : leaves.Attribute(p.Type, rank)) ?? AttributeValue.Read(suggested) ?? throw new TypeException("nothing to choose");
                found = found.WithVariable(variable.Name, chosen) ?? throw new TypeException("two values");
                return AttributeValue.Write(chosen, p.Type);
            }
            return AttributeValue.Write(said.Value.Of(found) ?? throw new TypeException("not known"), p.Type);
        });
    }

    private (Seq<Value?> Operands, Dictionary<Value, Operand?> Made) Operands(StepPart part, Op op, Example? example, List<Value?> settled)
    {
        var (operands, fresh) = (new List<Value?>(), new Dictionary<Value, Operand?>());
        // What the others of this step are like; the example's own shapes serve where nothing is settled.
        var beside = settled.OfType<Value>().ToList();
        var byExample = takesShapes && example is not null && (beside.Count == 0 ? random.Next(3) > 0 : random.Next(4) == 0);
        for (var i = 0; i < part.Operands.Count; i++)
        {
            if (part.Operands[i] is RestPart rest)
            {
                if (!found.Rests.TryGetValue(rest.Name, out var all))
                {
                    all = byExample ? [.. Enumerable.Range(i, Math.Max(0, example!.Operands.Count - i)).Select(place => Leaf(null, place))] : [.. Enumerable.Range(0, random.Next(op is FormulaOp ? 4 : 1)).Select(place => Leaf(null, i + place))];
                    found = found.With(rest.Name, all)!;
                }
                operands.AddRange(all);
                break;
            }
            if (part.Operands[i] is AbsentPart) operands.Add(null);
            else if (settled[i] is { } value) operands.Add(value);
            else if (part.Operands[i] is ValuePart named && found.Values.TryGetValue(named.Name, out var known)) operands.Add(known);
            else operands.Add(Leaf(part.Operands[i], i));
        }
        return ([.. operands], fresh);

        Value? Leaf(Part? sought, int place)
        {
            var suggestion = example is not null && place < example.Operands.Count ? example.Operands[place] : null;
            if (sought is null && byExample && suggestion is null) return null;
            if (sought is NumberPart number) return leaves.Uniform($"c{made++}", number.Number.Real, beside, null);
            if (sought is WholesPart wholes) return leaves.Wholes($"c{made++}", new ListTerm(wholes.Elements).Of(found));
            var named = sought as ValuePart;
            var name = named?.Name ?? $"r{made++}";
            if (wishes.Of("contents", name, found) is { } list) return Named(leaves.Wholes(name, list));
            var type = Typed(named?.Type, name) ?? (byExample && suggestion is not null ? suggestion.Type : suggestion is { IsConstant: true } ? null : leaves.Like(beside));
            if (type is not null && wishes.Of("kind", name, found) is Scalar kind) type = new(type.Shape, kind);
            if (type is not null && wishes.Of("rank", name, found) is Number rank && type.Rank != rank.Integer) throw new TypeException("rank");
            if (wishes.Of("value", name, found) is { } uniform && TermFunctions.Real(uniform) is { } real) return Named(leaves.Uniform(name, real, beside, type));
            if (type is null) return Named(random.Next(3) == 0 ? leaves.Filled(name, suggestion!.Type, suggestion) : leaves.List(name, beside, suggestion!.Type.Scalar, suggestion.Type.Rank));
            var isConstant = named?.IsWeight == true || byExample && suggestion is { IsConstant: true } || wishes.Of("constant", name, found) is true || random.Next(6) == 0;
            var range = byExample && suggestion is not null && type == suggestion.Type ? suggestion : null;
            return Named(isConstant ? leaves.Filled(name, type, range) : new Value(name, type), range);

            Value Named(Value value, Operand? range = null)
            {
                fresh[value] = range;
                if (named is not null) found = found.With(named.Name, value) ?? throw new TypeException("two values");
                beside.Add(value);
                return value;
            }
        }
    }

    /// <summary>The type that a pattern asks for, what it leaves open made up.</summary>
    private TensorType? Typed(TypePattern? pattern, string name)
    {
        if (pattern is null) return null;
        var kind = Scalars.Parse(pattern.Kind);
        if (pattern.Kind.StartsWith('$'))
        {
            kind = found.Variables.GetValueOrDefault(pattern.Kind[1..]) as Scalar? ?? wishes.Of("", pattern.Kind[1..], found) as Scalar? ?? leaves.Kind;
            found = found.WithVariable(pattern.Kind[1..], kind.Value)!;
        }
        kind ??= wishes.Of("kind", name, found) as Scalar? ?? leaves.Kind;
        if (pattern.Extents is not { } extents) return new(leaves.Shape(random.Next(4)), kind.Value);
        var shape = new List<Expr>();
        foreach (var extent in extents)
        {
            if (extent == TypePattern.Rest) shape.AddRange(leaves.Shape(random.Next(3)));
            else if (extent == TypePattern.Any) shape.Add(leaves.Extent());
            else if (long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) shape.Add(whole);
            else
            {
                if (!found.Extents.ContainsKey(extent)) found = found.With(extent, leaves.Extent())!;
                shape.Add(found.Extents[extent]);
            }
        }
        return new([.. shape], kind.Value);
    }
}
