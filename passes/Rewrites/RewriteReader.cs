using System.Globalization;
using Antlr4.Runtime;
using Lathe.Grammars;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Reads rewrites. Faults are those of texts (LT3001 to LT3007), and LT3011: a rewrite that cannot work whatever the graph.</summary>
internal sealed class RewriteReader(SourceFaults faults)
{
    private HashSet<string> values = [], rests = [], extents = [], attributes = [], operators = [];

    /// <summary>Null where it is faulty.</summary>
    public Rewrite? Read(PipelineParser.RewriteContext context)
    {
        (values, rests, extents, attributes, operators) = ([], [], [], [], []);
        var split = context.children.ToList().FindIndex(c => c.GetText() == "replace" && c is Antlr4.Runtime.Tree.ITerminalNode);
        var (before, after) = (context.bound().Where(b => context.children.IndexOf(b) < split).ToList(), context.bound().Where(b => context.children.IndexOf(b) > split).ToList());
        Rewrite? rewrite = null;
        faults.Try(context.Start, () =>
        {
            foreach (var bound in before) foreach (var local in bound.LOCAL()) Declare(local.Symbol);
            Seq<Bound> match = [.. before.Select(b => Sought(b))];
            CheckReached(match, before);
            var where = context.condition() is { } condition ? Condition(condition) : null;
            Seq<Bound> replace = [.. after.Select(b => Made(b, match[^1]))];
            foreach (var name in match[^1].Names)
                if (!replace.Any(b => b.Names.Contains(name))) throw faults.At("LT3011", after[^1].Start, $"nothing takes the place of %{name}", $"write %{name} = … behind replace");
            rewrite = new(context.name().GetText(), context.children[2].GetText() == "inexact", match, where, replace);
        });
        return rewrite;
    }

    private void Declare(IToken local)
    {
        if (!values.Add(local.Text[1..])) throw faults.At("LT3003", local, $"{local.Text} is made twice");
    }

    // ---- the pattern --------------------------------------------------------------------------------

    private Bound Sought(PipelineParser.BoundContext context)
    {
        if (context.part() is not (PipelineParser.StepContext or PipelineParser.AgainContext)) throw faults.At("LT3011", context.part().Start, "a pattern names what a step makes", "write %y = relu(%x)");
        return new([.. context.LOCAL().Select(l => l.GetText()[1..])], Sought(context.part()));
    }

    private Part Sought(PipelineParser.PartContext context)
    {
        switch (context)
        {
            case PipelineParser.OperandContext value:
                var name = value.Start.Text[1..];
                values.Add(name);
                return new ValuePart(name, value.GLOBAL() is not null, value.type() is { } type ? Type(type) : null);
            case PipelineParser.RestContext rest:
                rests.Add(rest.Start.Text[1..]);
                return new RestPart(rest.Start.Text[1..]);
            case PipelineParser.AbsentContext: return new AbsentPart();
            case PipelineParser.NumberContext number: return new NumberPart(Number(number.Start, number.GetText()));
            case PipelineParser.WholesContext wholes: return new WholesPart([.. wholes.formula().Select(Formula)]);
            case PipelineParser.StepContext step: return Sought(step);
            case PipelineParser.AgainContext again: throw faults.At("LT3011", again.Start, $"{again.Start.Text} names no operator yet", $"in a pattern write {again.Start.Text}:relu|tanh(…)");
            default: throw faults.At("LT3011", context.Start, "a number that is worked out stands behind replace");
        }
    }

    private StepPart Sought(PipelineParser.StepContext step)
    {
        var types = step.verb().Select(Operator).ToList();
        var variable = step.VARIABLE()?.GetText()[1..] ?? "";
        if (variable == "" && types.Count > 1) throw faults.At("LT3011", step.Start, "several operators need a name, so that the replacement can say which was found", $"write $f:{string.Join('|', step.verb().Select(n => n.GetText()))}(…)");
        if (variable != "" && !operators.Add(variable)) throw faults.At("LT3003", step.Start, $"${variable} is an operator already");
        var operands = step.arguments().argument().Where(a => a.part() is not null).Select(a => a.part()).ToList();
        if (operands.SkipLast(1).FirstOrDefault(o => o is PipelineParser.RestContext) is { } early) throw faults.At("LT3011", early.Start, "the rest of the operands is the last of them");
        Seq<Part> parts = [.. operands.Select(Sought)];
        Seq<AttributePart> said = [.. Attributes(step).Select(a => Attribute(a, types, binds: true))];
        if (variable == "" && RecordText.Parameters(types[0]).FirstOrDefault(p => p.Required && said.All(a => a.Name != p.Name)) is { } missing)
            throw faults.At("LT3004", step.Start, $"{RecordText.Snake(types[0].Name)} needs {missing.Name}", $"write {missing.Name}=$a, or $f:{RecordText.Snake(types[0].Name)}(…) for any attributes");
        return new(variable, [.. types.Select(t => RecordText.Snake(t.Name))], parts, said, step.type() is { } type ? Type(type) : null);
    }

    private void CheckReached(Seq<Bound> match, List<PipelineParser.BoundContext> contexts)
    {
        var (reached, next) = (new HashSet<Bound>(ReferenceEqualityComparer.Instance), new Stack<Bound>([match[^1]]));
        while (next.TryPop(out var bound))
        {
            if (!reached.Add(bound)) continue;
            foreach (var value in bound.Part.All.OfType<StepPart>().SelectMany(s => s.Operands).OfType<ValuePart>())
                if (match.FirstOrDefault(b => b.Names.Contains(value.Name)) is { } maker)
                    if (maker == match[^1] || match.ToList().IndexOf(maker) >= match.ToList().IndexOf(bound)) throw faults.At("LT3011", contexts[match.ToList().IndexOf(bound)].Start, $"%{value.Name} is read before it is made", "write steps in the order that they run");
                    else next.Push(maker);
        }
        foreach (var (bound, context) in match.Zip(contexts))
            if (!reached.Contains(bound)) throw faults.At("LT3011", context.Start, $"%{bound.Names[0]} does not lead to %{match[^1].Names[0]}: the pattern would not say where to look for it", "the last step of a pattern reads all others");
    }

    // ---- what takes its place -----------------------------------------------------------------------

    private Bound Made(PipelineParser.BoundContext context, Bound root)
    {
        var part = Made(context.part());
        if (part is not StepPart && context.LOCAL().Length > 1) throw faults.At("LT3011", context.Start, "a value has one name");
        foreach (var local in context.LOCAL())
            if (!root.Names.Contains(local.GetText()[1..])) Declare(local.Symbol);
        return new([.. context.LOCAL().Select(l => l.GetText()[1..])], part);
    }

    private Part Made(PipelineParser.PartContext context)
    {
        switch (context)
        {
            case PipelineParser.OperandContext value:
                if (value.type() is { } type) throw faults.At("LT3011", type.Start, "types of a replacement follow from its operands");
                if (!values.Contains(value.Start.Text[1..])) throw faults.Unknown(value.Start, "value", value.Start.Text, values.Select(v => value.Start.Text[0] + v), "the pattern does not name it");
                return new ValuePart(value.Start.Text[1..], value.GLOBAL() is not null);
            case PipelineParser.RestContext rest:
                if (!rests.Contains(rest.Start.Text[1..])) throw faults.Unknown(rest.Start, "rest", rest.Start.Text, rests.Select(v => "%" + v), "the pattern does not name it");
                return new RestPart(rest.Start.Text[1..]);
            case PipelineParser.AbsentContext: return new AbsentPart();
            case PipelineParser.NumberContext number: return new NumberPart(Number(number.Start, number.GetText()));
            case PipelineParser.WholesContext wholes: return new WholesPart([.. wholes.formula().Select(Formula)]);
            case PipelineParser.ComputedContext computed: return new ComputedPart(Formula(computed.formula()));
            case PipelineParser.AgainContext again:
                var name = again.VARIABLE().GetText()[1..];
                if (!operators.Contains(name)) throw faults.Unknown(again.Start, "operator", "$" + name, operators.Select(o => "$" + o), "the pattern does not name it");
                if (again.type() is { } typed) throw faults.At("LT3011", typed.Start, "types of a replacement follow from its operands");
                return new StepPart(name, [], Operands(again.arguments()), [.. again.arguments().argument().Select(a => a.attribute()).OfType<PipelineParser.AttributeContext>().Select(a => Attribute(a, [], binds: false))]);
            case PipelineParser.StepContext step:
                if (step.VARIABLE() is { } variable) throw faults.At("LT3011", variable.Symbol, "a replacement names no operators", $"write {variable.GetText()}(…) for the one that was found");
                if (step.verb().Length > 1) throw faults.At("LT3011", step.Start, "a replacement has one operator");
                if (step.type() is { } its) throw faults.At("LT3011", its.Start, "types of a replacement follow from its operands");
                var made = Operator(step.verb(0));
                Seq<AttributePart> said = [.. Attributes(step).Select(a => Attribute(a, [made], binds: false))];
                if (RecordText.Parameters(made).FirstOrDefault(p => p.Required && said.All(a => a.Name != p.Name)) is { } missing) throw faults.At("LT3004", step.Start, $"{RecordText.Snake(made.Name)} needs {missing.Name}", $"write {missing.Name}=…");
                return new StepPart("", [RecordText.Snake(made.Name)], Operands(step.arguments()), said);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private Seq<Part> Operands(PipelineParser.ArgumentsContext context) => [.. context.argument().Select(a => a.part()).OfType<PipelineParser.PartContext>().Select(Made)];

    // ---- both ---------------------------------------------------------------------------------------

    private static IEnumerable<PipelineParser.AttributeContext> Attributes(PipelineParser.StepContext step) => step.arguments().argument().Select(a => a.attribute()).OfType<PipelineParser.AttributeContext>().Concat(step.attribute());

    private Type Operator(PipelineParser.VerbContext name) => Ir.Operators.Find(name.GetText())
        ?? throw faults.Unknown(name.Start, "operator", name.GetText(), Ir.Operators.All.Select(t => char.IsUpper(name.GetText()[0]) ? t.Name : RecordText.Snake(t.Name)), "lathe ops lists them");

    private AttributePart Attribute(PipelineParser.AttributeContext context, List<Type> types, bool binds)
    {
        var name = context.name().GetText();
        foreach (var type in types)
            if (RecordText.Parameters(type).All(p => p.Name != name)) throw faults.Unknown(context.Start, "attribute", name, RecordText.Parameters(type).Select(p => p.Name), $"{RecordText.Snake(type.Name)} has {string.Join(", ", RecordText.Parameters(type).Select(p => p.Name).DefaultIfEmpty("none"))}");
        // A variable alone is what the attribute is.
        if (binds && context.formula().GetText() is ['$', ..] text && context.formula().Start == context.formula().Stop)
        {
            if (operators.Contains(text[1..])) throw faults.At("LT3003", context.formula().Start, $"{text} is an operator already");
            attributes.Add(text[1..]);
            return new(name, new FoundTerm('$', text[1..]));
        }
        return new(name, Formula(context.formula()));
    }

    private TypePattern Type(PipelineParser.TypeContext context)
    {
        var kind = context.kind().GetText();
        if (context.kind().VARIABLE() is { } variable) attributes.Add(variable.GetText()[1..]);
        else if (kind != TypePattern.Any && Scalars.Parse(kind) is null) throw faults.Unknown(context.kind().Start, "kind of number", kind, Enum.GetValues<Scalar>().Select(s => s.Text));
        if (context.extents() is not { } shape) return new((Seq<string>)[], kind);
        if (shape.GetText() == TypePattern.Rest) return new(null, kind);
        if (shape.NUMBER() is { } plain) return new([.. plain.GetText().Split('x').Select(e => Whole(plain.Symbol, e))], kind);
        Seq<string> all = [.. shape.extent().Select(e => e.NUMBER() is { } number ? Whole(number.Symbol, number.GetText()) : e.GetText())];
        if (all.Count(e => e == TypePattern.Rest) > 1) throw faults.At("LT3011", shape.Start, "... stands once in a shape");
        foreach (var extent in shape.extent().Where(e => e.name() is not null))
            if (Scalars.Parse(extent.GetText()) is not null || extent.GetText() is "true" or "false") throw faults.At("LT3004", extent.Start, $"{extent.GetText()} is a word of the language, no name of an extent");
        extents.UnionWith(shape.extent().Where(e => e.name() is not null).Select(e => e.GetText()));
        return new(all, kind);
    }

    private string Whole(IToken at, string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : throw faults.At("LT3004", at, $"{text} is no extent");

    private NumberTerm Number(IToken at, string text) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? new(text) : throw faults.At("LT3004", at, $"{text} is no number");

    private Term Condition(PipelineParser.ConditionContext context) => context.both() is [var only] ? Both(only) : new AnyTerm([.. context.both().Select(Both)]);

    private Term Both(PipelineParser.BothContext context) => context.test() is [var only] ? Test(only) : new AllTerm([.. context.test().Select(Test)]);

    private Term Test(PipelineParser.TestContext context) => context switch
    {
        PipelineParser.OppositeContext not => new NotTerm(Test(not.test())),
        PipelineParser.ComparisonContext comparison => comparison.formula() is [var only] ? Formula(only) : new ComparisonTerm(comparison.children[1].GetText(), Formula(comparison.formula(0)), Formula(comparison.formula(1))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Term Formula(PipelineParser.FormulaContext context) => Chain(context, context.product().Select(Product));

    private Term Product(PipelineParser.ProductContext context) => Chain(context, context.unit().Select(Unit));

    private static Term Chain(ParserRuleContext context, IEnumerable<Term> parts) => parts.Index().Aggregate((Term?)null, (sum, part) => sum is null ? part.Item : new ArithmeticTerm(context.children[2 * part.Index - 1].GetText()[0], sum, part.Item))!;

    private Term Unit(PipelineParser.UnitContext context)
    {
        var negative = context.Start.Text == "-";
        if (negative && context.atom() is PipelineParser.LiteralContext literal && context.item() is []) return Number(literal.Start, "-" + literal.GetText());
        var term = Atom(context.atom());
        foreach (var item in context.item())
            term = item is PipelineParser.MemberContext member ? new MemberTerm(term is FoundTerm { Sigil: '$' } ? term : throw faults.At("LT3011", item.Start, "only an operator that was found has attributes: $f.axis"), member.name().GetText())
                : new ItemTerm(term, Formula(((PipelineParser.PlaceContext)item).formula()));
        return negative ? new NegativeTerm(term) : term;
    }

    private Term Atom(PipelineParser.AtomContext context)
    {
        switch (context)
        {
            case PipelineParser.LiteralContext literal: return Number(literal.Start, literal.GetText());
            case PipelineParser.QuotedContext quoted: return new TextTerm(NameText.Unquoted(quoted.GetText()));
            case PipelineParser.ListContext list: return new ListTerm([.. list.formula().Select(Formula)]);
            case PipelineParser.WithinContext within: return Condition(within.condition());
            case PipelineParser.FoundContext found:
                var (sigil, name) = (found.GetText()[0], found.GetText()[1..]);
                IEnumerable<string> known = sigil == '$' ? attributes.Concat(operators) : values;
                return known.Contains(name) ? new FoundTerm(sigil, name) : throw faults.Unknown(found.Start, sigil == '$' ? "variable" : "value", found.GetText(), known.Select(k => sigil + k), "the pattern does not name it");
            case PipelineParser.NamedContext named when context.ChildCount == 1:
                var word = named.GetText();
                return extents.Contains(word) || Scalars.Parse(word) is not null || word is "true" or "false" ? new WordTerm(word) : throw faults.Unknown(named.Start, "extent or kind of number", word, extents, "extents are named in types of the pattern; words of attributes stand in quotes");
            case PipelineParser.NamedContext call:
                var function = call.name().GetText();
                if (!TermFunctions.Known.TryGetValue(function, out var entry)) throw faults.Unknown(call.Start, "function", function, TermFunctions.Known.Keys, $"there are {string.Join(", ", TermFunctions.Known.Keys)}");
                if (call.formula().Length != entry.Arguments) throw faults.At("LT3004", call.Start, $"{function} takes {entry.Arguments}, it is given {call.formula().Length}");
                return new ApplyTerm(function, [.. call.formula().Select(Formula)]);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }
}
