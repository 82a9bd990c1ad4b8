using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads a graph: operators by name, operands by what was made before them, types checked against what operators make.</summary>
internal sealed class GraphReader(SourceFaults faults, FormulaReader formulas, LiteralReader literals, Scoped<Value> weights)
{
    private readonly Scoped<Value> values = new();

    public Graph? Read(IrParser.GraphContext context)
    {
        var mark = formulas.Symbols.Mark;
        Graph? graph = null;
        faults.Try(context.Start, () =>
        {
            graph = Inside(context);
            if (!faults.Any) foreach (var fault in Verifier.Check(graph)) faults.Add("LT3008", context.Start, fault);
        });
        formulas.Symbols.Leave(mark);
        return graph;
    }

    private Graph Inside(IrParser.GraphContext context)
    {
        var mark = values.Mark;
        Header.Where(formulas, faults, context.where());
        var inputs = Header.Parameters(formulas, literals, faults, context.@params(), values);
        var checks = Header.Checks(formulas, faults, context.check());
        var nodes = Nodes(context.node());
        Seq<Value> outputs = [];
        var whole = faults.Try(context.Stop, () =>
        {
            outputs = [.. Operands(context.operands()).Select(v => v ?? throw faults.At("LT3004", context.operands().Start, "a graph returns values, not _"))];
            Seq<TensorType> declared = [.. context.results().type().Select(literals.Type)];
            Seq<TensorType> made = [.. outputs.Select(v => v.Type)];
            if (declared != made) throw faults.At("LT3008", context.results().Start, $"the header says {string.Join(", ", declared)}, what is returned is {string.Join(", ", made)}");
        });
        values.Leave(mark);
        if (!whole) throw new StatementFault(); // what holds it would only be found to disagree with it
        return new(formulas.Label(context.label()), inputs, nodes, outputs, checks);
    }

    private Seq<Node> Nodes(IEnumerable<IrParser.NodeContext> contexts)
    {
        var nodes = new List<Node>();
        foreach (var context in contexts)
        {
            var read = faults.Try(context.call().Start, () => nodes.Add(Read(context)));
            if (!read) foreach (var result in context.targets().LOCAL()) values.Define(formulas.Local(result.Symbol), null);
        }
        return [.. nodes];
    }

    private Node Read(IrParser.NodeContext context)
    {
        var (targets, made) = (context.targets().LOCAL(), context.made());
        if (targets.Length != made.Length) throw faults.At("LT3004", context.Start, $"{targets.Length} results need as many types, here are {made.Length}");
        var (op, operands) = Call(context.call());
        if (op is Fused) return Group(context, operands);
        if (op is RegionOp != context.inside() is IrParser.RegionsContext) throw faults.At("LT3004", context.Start, $"{op.Name} {(op is RegionOp ? "has graphs inside" : "has no graphs inside, only branches and loops have")}");
        if (context.inside()?.GetChild(0) is not (null or IrParser.GraphContext)) throw faults.At("LT3004", context.inside().Start, $"{op.Name} has no body, only a fused group has");
        Seq<Graph> regions = [.. (context.inside() as IrParser.RegionsContext)?.graph().Select(Inside) ?? []];
        var results = Results(context, op, operands);
        var node = new Node(op, operands, results, regions);
        foreach (var fault in Verifier.Types(node)) throw faults.At("LT3005", context.call().Start, fault);
        foreach (var result in results) values.Define(result.Name, result);
        return node;
    }

    /// <summary>A fused group: its body reads what the group reads and makes what the group makes.</summary>
    private Node Group(IrParser.NodeContext context, Seq<Value?> operands)
    {
        if (context.inside() is not IrParser.GroupContext body) throw faults.At("LT3004", context.Start, "a fused group has a body that ends in yield");
        var mark = values.Mark;
        var steps = Nodes(body.node()).ToList();
        Seq<Value> results;
        if (body.call() is { } last)
        {
            var (op, inner) = Call(last);
            results = Results(context, op, inner);
            steps.Add(new(op, inner, results));
            foreach (var fault in Verifier.Types(steps[^1])) throw faults.At("LT3005", last.Start, fault);
        }
        else results = [.. Operands(body.operands()).Select(v => v ?? throw faults.At("LT3004", body.operands().Start, "a group yields values, not _"))];
        values.Leave(mark);
        Seq<string> names = [.. context.targets().LOCAL().Select(t => formulas.Local(t.Symbol))], yielded = [.. results.Select(v => v.Name)];
        if (names != yielded) throw faults.At("LT3008", context.Start, $"the group makes {string.Join(", ", names)}, its body yields {string.Join(", ", yielded)}");
        foreach (var (result, made) in results.Zip(context.made())) if (result.Type != literals.Type(made.type())) throw faults.At("LT3008", made.Start, $"{result} is {result.Type} in the body");
        foreach (var result in results) values.Define(result.Name, result);
        Seq<Value> reads = [.. operands.OfType<Value>().Distinct()];
        return new(new Fused(), operands, results, [new Graph("", reads, [.. steps], results)]);
    }

    private (Op Op, Seq<Value?> Operands) Call(IrParser.CallContext context)
    {
        var name = context.name().GetText();
        var type = name == "fused" ? typeof(Fused) : Operators.Find(name) ?? throw faults.Unknown(context.Start, "operator", name, Operators.All.Select(Vocabulary.Word));
        var op = (Op)literals.Record(type, context.Start, context.argument().Select(a => a.attribute()).OfType<IrParser.AttributeContext>());
        return (op, [.. context.argument().Where(a => a.operand() is not null).Select(a => Operand(a.operand()))]);
    }

    private Seq<Value> Results(IrParser.NodeContext context, Op op, Seq<Value?> operands)
    {
        var reads = GraphBuilder.Operands(operands);
        return [.. context.targets().LOCAL().Select((target, i) =>
        {
            var (name, made) = (formulas.Local(target.Symbol), context.made(i));
            if (values.TryFind(name, out var other) && other is not null) throw faults.At("LT3003", target.Symbol, $"%{name} is made twice");
            var type = literals.Type(made.type());
            Seq<Expr>? known = made.elements() is { } elements ? formulas.Read(elements.expr()) : made.ChildCount > 1 ? null : GraphBuilder.Contents(op, reads, type, i);
            if (known is { } all && (!type.IsStatic || all.Count != type.Count)) throw faults.At("LT3004", made.Start, $"{type} has not {all.Count} elements");
            return new Value(name, type, default, known);
        })];
    }

    private Seq<Value?> Operands(IrParser.OperandsContext? context) => [.. (context?.operand() ?? []).Select(Operand)];

    private Value? Operand(IrParser.OperandContext context)
    {
        var (token, isWeight) = (context.Start, context.GLOBAL() is not null);
        if (token.Text == "_") return null;
        var (name, scope) = (formulas.Local(token), isWeight ? weights : values);
        if (!scope.TryFind(name, out var value)) throw faults.Unknown(token, isWeight ? "weight" : "value", token.Text, scope.Names.Select(n => token.Text[..1] + n), isWeight ? "" : "a value is read after the line that makes it");
        return value ?? throw new StatementFault();
    }
}
