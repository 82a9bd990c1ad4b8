using Lathe.Ir;
using Lathe.Passes.Rewrites;

namespace Lathe.UnitTests.Passes.Rewrites;

/// <summary>Rewrites by chance, of any form that the language has.</summary>
internal sealed class RandomRewrites(int seed)
{
    private static readonly (string Verb, int Operands, string Attribute)[] Steps = [("relu", 1, ""), ("add", 2, ""), ("mul", 2, ""), ("softmax", 1, "axis"), ("transpose", 1, "perm"), ("conv", 3, "group"), ("sum", 3, ""), ("pad", 2, "mode")];

    private readonly Random random = new(seed);
    private readonly List<string> values = [], rests = [], operators = [], variables = [], extents = [];
    private int made;

    public Rewrite Rewrite()
    {
        var match = new List<Bound>();
        string? inner = null;
        for (var i = random.Next(3); i >= 0; i--)
        {
            var part = Sought(2, inner);
            inner = $"v{made++}";
            match.Add(new([inner], part));
        }
        var where = random.Next(3) == 0 ? null : Condition(3);
        values.AddRange(match.SkipLast(1).SelectMany(b => b.Names));
        Seq<Bound> replace = [.. random.Next(2) == 0 ? [new Bound([$"n{made++}"], Made(1))] : (Bound[])[], new(match[^1].Names, Made(2))];
        return new($"r{random.Next(100)}", random.Next(2) == 0, [.. match], where, replace);
    }

    /// <param name="reads">A value that must be read, so that the pattern leads to it.</param>
    private StepPart Sought(int depth, string? reads)
    {
        var (verb, count, attribute) = Steps[random.Next(Steps.Length)];
        var variable = random.Next(3) == 0 ? $"f{made++}" : "";
        if (variable != "") operators.Add(variable);
        var operands = new List<Part>();
        var rest = count == 3 && random.Next(2) == 0;
        for (var i = 0; i < (rest ? 2 : count); i++) operands.Add(i == 0 && reads is not null ? new ValuePart(reads) : Operand(depth));
        if (rest)
        {
            rests.Add($"s{made}");
            operands.Add(new RestPart($"s{made++}"));
        }
        Seq<AttributePart> attributes = attribute == "" || random.Next(2) == 0 ? [] : [new(attribute, random.Next(2) == 0 ? Variable() : Formula(2))];
        return new(variable, variable != "" && verb == "relu" ? ["relu", "tanh"] : [verb], [.. operands], attributes, random.Next(4) == 0 ? Type() : null);
    }

    private FoundTerm Variable()
    {
        variables.Add($"a{made++}");
        return new('$', variables[^1]);
    }

    private Part Operand(int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => new AbsentPart(),
        1 => new NumberPart(new(Number())),
        2 => new WholesPart([new NumberTerm("2"), new NumberTerm("-1")]),
        3 or 4 => Value(),
        _ => Sought(depth - 1, null),
    };

    private ValuePart Value()
    {
        values.Add($"x{made++}");
        return new(values[^1], random.Next(3) == 0, random.Next(3) == 0 ? Type() : null);
    }

    private TypePattern Type()
    {
        var kind = random.Next(3) switch { 0 => "f32", 1 => "_", _ => "$" + Variable().Name };
        if (random.Next(3) == 0) return new(null, kind);
        var all = new List<string>();
        for (var i = random.Next(4); i > 0; i--) all.Add(random.Next(3) switch { 0 => "_", 1 => "64", _ => $"n{made++}" });
        extents.AddRange(all.Where(e => e.StartsWith('n')));
        if (random.Next(2) == 0) all.Insert(random.Next(all.Count + 1), "...");
        return all is ["..."] ? new(null, kind) : new([.. all], kind);
    }

    private Part Made(int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => new NumberPart(new(Number())),
        1 => new ComputedPart(Formula(2)),
        2 => new WholesPart([Formula(1)]),
        3 or 4 => values.Count > 0 ? new ValuePart(values[random.Next(values.Count)]) : new AbsentPart(),
        5 when operators.Count > 0 => new StepPart(operators[random.Next(operators.Count)], [], [Made(depth - 1)], [new("axis", Formula(1))]),
        _ => new StepPart("", ["max"], [Made(depth - 1), .. rests.Take(1).Select(r => new RestPart(r))], []),
    };

    private Term Condition(int depth) => random.Next(depth > 0 ? 6 : 2) switch
    {
        0 => new ComparisonTerm(new[] { "==", "!=", "<", "<=", ">", ">=" }[random.Next(6)], Formula(2), Formula(2)),
        1 => Formula(2),
        2 => new NotTerm(Condition(depth - 1)),
        3 or 4 => new AllTerm([Condition(depth - 1), Condition(depth - 1)]),
        _ => new AnyTerm([Condition(depth - 1), Condition(depth - 1), Condition(depth - 1)]),
    };

    private Term Formula(int depth) => random.Next(depth > 0 ? 13 : 6) switch
    {
        0 => new NumberTerm(Number()),
        1 => new TextTerm("a \"b\"\n"),
        2 when values.Count > 0 => new FoundTerm('%', values[random.Next(values.Count)]),
        3 when variables.Count > 0 => new FoundTerm('$', variables[random.Next(variables.Count)]),
        4 when extents.Count > 0 => new WordTerm(extents[random.Next(extents.Count)]),
        6 => new ListTerm([Formula(depth - 1), Formula(depth - 1)]),
        7 => new ApplyTerm("min", [Formula(depth - 1), Formula(depth - 1)]),
        8 or 9 => new ArithmeticTerm("+-*/%"[random.Next(5)], Formula(depth - 1), Formula(depth - 1)),
        10 => new NegativeTerm(Formula(depth - 1)),
        11 => new ItemTerm(Formula(depth - 1), Formula(depth - 1)),
        12 when operators.Count > 0 => new MemberTerm(new FoundTerm('$', operators[random.Next(operators.Count)]), "axis"),
        _ => new WordTerm("true"),
    };

    private string Number() => new[] { "0", "-1", "0.5", "1e-5", "-2.25", "64" }[random.Next(6)];
}
