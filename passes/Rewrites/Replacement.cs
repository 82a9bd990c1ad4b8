using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Makes what a rewrite puts in the place of the steps it has found.</summary>
internal sealed class Replacement
{
    private readonly Rewrite rewrite;
    private readonly Node root;
    private readonly Surroundings around;
    private readonly Found found;
    private readonly Dictionary<string, Value> made = new(StringComparer.Ordinal);
    private readonly List<Node> steps = [];

    private Replacement(Rewrite rewrite, Node root, Surroundings around, Found found) => (this.rewrite, this.root, this.around, this.found) = (rewrite, root, around, found);

    /// <exception cref="TypeException">The operators do not take these operands, or the results are not of the types that they replace.</exception>
    public static Improvement Of(Rewrite rewrite, Node root, Surroundings around, Found found) => new Replacement(rewrite, root, around, found).Make();

    private Improvement Make()
    {
        var old = rewrite.Root.Names.Zip(root.Results).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        foreach (var bound in rewrite.Replace)
        {
            if (bound.Part is StepPart step) Step(step, bound.Names, old);
            else made[bound.Names[0]] = Operand(bound.Part, old.TryGetValue(bound.Names[0], out var replaced) ? replaced.Type.Scalar : Scalar.F32)!;
        }
        // Results that a value takes the place of: all of them, or an identity says it.
        if (old.All(p => !ReferenceEquals(made[p.Key], p.Value)) && steps.Count == 0 && old.Count == root.Results.Count)
        {
            foreach (var (name, value) in old) Fits(made[name].Type, value);
            return Improvement.To([.. rewrite.Root.Names.Select(name => made[name])]);
        }
        foreach (var (name, value) in old)
        {
            if (ReferenceEquals(made[name], value)) continue;
            Fits(made[name].Type, value);
            steps.Add(new(new Ir.Ops.Identity(), [made[name]], [value]));
        }
        return Improvement.To([.. steps]);
    }

    /// <param name="names">Of its results; none: it is an operand.</param>
    /// <param name="old">Values to replace, by name.</param>
    private Value Step(StepPart part, Seq<string> names, Dictionary<string, Value> old)
    {
        var op = Operator(part);
        var operands = new List<Value?>();
        foreach (var operand in part.Operands)
            if (operand is RestPart rest) operands.AddRange(found.Rests[rest.Name]);
            else operands.Add(operand is NumberPart or ComputedPart ? null : Operand(operand, default));
        // Numbers are of the kind of what they stand beside.
        var kind = operands.OfType<Value>().FirstOrDefault()?.Type.Scalar ?? root.Result.Type.Scalar;
        foreach (var (i, operand) in part.Operands.Index()) if (operand is NumberPart or ComputedPart) operands[i] = Operand(operand, kind);
        Seq<string> called = names is [] ? [around.Fresh($"{root.Result.Name}.{op.Name}")] : [.. names.Select(n => old.ContainsKey(n) ? n : around.Fresh($"{root.Result.Name}.{n}"))];
        var builder = new GraphBuilder("rewrite");
        var results = builder.Add(called, op, [.. operands]);
        if (builder.Return().Guards is [var guard, ..]) throw new TypeException($"{op.Name}: {guard.Message}, which nothing says");
        // A formula makes as many results as are asked for.
        results = [.. results.Take(op is FormulaOp ? Math.Max(1, names.Count) : results.Count).Select((v, i) => i < names.Count && old.TryGetValue(names[i], out var value) ? Fits(v.Type, value) : v)];
        foreach (var (name, value) in names.Zip(results)) made[name] = value;
        steps.Add(new(op, [.. operands], results));
        return results[0];
    }

    private Op Operator(StepPart part)
    {
        var like = part.Verbs is [] ? (Op)found.Variables[part.Variable] : null;
        var type = like?.GetType() ?? Ir.Operators.Find(part.Verbs[0])!;
        foreach (var attribute in part.Attributes)
            if (RecordText.Parameters(type).All(p => p.Name != attribute.Name)) throw new TypeException($"{RecordText.Snake(type.Name)} has no attribute {attribute.Name}");
        return (Op)RecordText.Make(type, p => part.Attributes.FirstOrDefault(a => a.Name == p.Name) is { } said
            ? AttributeValue.Write(said.Value.Of(found) ?? throw new TypeException($"{said.Value} is not known"), p.Type) : like is null ? null : p.Property.GetValue(like));
    }

    private Value? Operand(Part part, Scalar kind) => part switch
    {
        AbsentPart => null,
        ValuePart named => made.GetValueOrDefault(named.Name) ?? found.Values[named.Name],
        StepPart step => Step(step, [], []),
        NumberPart number => Constant(number.Number.Real, kind),
        WholesPart wholes => Wholes(new ListTerm(wholes.Elements).Of(found)),
        ComputedPart computed when computed.Term.Of(found) is var value => value is Seq<object> ? Wholes(value) : value is not null && TermFunctions.Real(value) is { } real ? Constant(real, kind) : throw new TypeException($"{computed.Term} is not known"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Value Constant(double number, Scalar kind) => Constants.Of(around.Fresh($"{root.Result.Name}.constant"), new([], kind), [number]);

    private Value Wholes(object? list) => list is Seq<object> items && items.All(i => i is Number { IsReal: false })
        ? Constants.Wholes(around.Fresh($"{root.Result.Name}.list"), [.. items.Select(i => ((Number)i).Integer)]) : throw new TypeException($"{TermFunctions.Text(list)} is no list of known whole numbers");

    private static Value Fits(TensorType type, Value old) => type.Encoding == old.Type.Encoding && type.Rank == old.Type.Rank && type.Shape.Zip(old.Type.Shape).All(p => Linear.ProvesEqual(p.First, p.Second)) && (type.Order is [] || type.Order == old.Type.Order)
        ? old : throw new TypeException($"what takes the place of {old.Type} is {type}");
}
