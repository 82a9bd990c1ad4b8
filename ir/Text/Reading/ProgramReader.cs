using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads a program: slots, steps, and the kernels that follow it.</summary>
internal sealed class ProgramReader(SourceFaults faults, FormulaReader formulas, LiteralReader literals, Scoped<Value> weights)
{
    public Program? Read(IrParser.ProgramContext context, Seq<Kernel> kernels)
    {
        var mark = formulas.Symbols.Mark;
        Program? program = null;
        faults.Try(context.Start, () =>
        {
            var symbols = Header.Where(formulas, faults, context.where());
            var arrow = context.children.First(c => c.GetText() == "->").SourceInterval.a;
            var scope = new Scoped<Value>();
            Seq<Value> Parameters(bool outputs) => Header.Parameters(formulas, literals, faults, context.@params().FirstOrDefault(p => p.Start.TokenIndex > arrow == outputs), scope);
            var (inputs, results) = (Parameters(false), Parameters(true));
            var checks = Header.Checks(formulas, faults, context.check());
            var (bytes, least) = (formulas.Read(context.arena().expr(0)), formulas.Read(context.arena().expr(1)));
            var slots = Slots(context.slots());
            var places = formulas.Buffers.Mark;
            foreach (var slot in slots) formulas.Buffers.Define(slot.Name, new Buffer(slot.Name, slot.Scalar, [slot.Size]));
            Seq<CallKernel> once = [.. Steps(context.once()?.step() ?? []).Select(s => s as CallKernel ?? throw faults.At("LT3004", context.once().Start, "only calls of kernels run once"))];
            var steps = Steps(context.steps().step());
            formulas.Buffers.Leave(places);
            // Those that steps bind are declared beside the dimensions of the inputs.
            symbols = [.. symbols.Where(s => inputs.Any(v => v.Type.Shape.Any(e => e.Parts().Contains(s))))];
            Seq<(string, Bytes)> contents = [.. weights.Names.Select(name => (name, Bytes: weights.TryFind(name, out var value) ? value?.Planes[0] : null)).Where(w => w.Bytes is not null).Select(w => (w.name, w.Bytes!))];
            program = new(formulas.Label(context.label()), inputs, results, symbols, checks, slots, contents, kernels, once, steps, bytes, least);
            if (!faults.Any) foreach (var fault in ProgramVerifier.Check(program)) faults.Add("LT3008", context.Start, fault);
        });
        formulas.Symbols.Leave(mark);
        return program;
    }

    private Seq<Slot> Slots(IrParser.SlotsContext context)
    {
        var all = new List<Slot>();
        foreach (var slot in context.slot()) faults.Try(slot.Start, () => all.Add(Slot(slot)));
        return [.. all];
    }

    private Slot Slot(IrParser.SlotContext context)
    {
        var (buffer, kind) = (context.buffer(), context.buffer().name(1));
        if (kind is null || buffer.attribute() is not null) throw faults.At("LT3004", context.Start, "a slot is written %name: count kind in where, at offset");
        Seq<Expr> shape = buffer.shape() is { } extents ? literals.Extents(extents) : [1];
        if (shape is not [var size]) throw faults.At("LT3004", context.Start, "a slot has one extent: how many numbers it holds");
        var scalar = Scalars.Parse(buffer.name(0).GetText()) ?? throw faults.Unknown(buffer.name(0).Start, "kind of number", buffer.name(0).GetText(), Enum.GetValues<Scalar>().Select(s => s.Text));
        return new(formulas.Local(buffer.LOCAL().Symbol), scalar, size, (SlotKind)literals.Choice(typeof(SlotKind), kind.Start, kind.GetText()), context.expr() is { } offset ? formulas.Read(offset) : 0);
    }

    private Seq<Step> Steps(IEnumerable<IrParser.StepContext> contexts)
    {
        var all = new List<Step>();
        foreach (var step in contexts) faults.Try(step.Start, () => all.Add(Step(step)));
        return [.. all];
    }

    private Step Step(IrParser.StepContext context)
    {
        switch (context)
        {
            case IrParser.RunContext run: return Call(run);
            case IrParser.BindContext bind:
                var symbol = Symbol(bind.label());
                return new Let(symbol, formulas.Read(bind.expr(0)), bind.expr(1) is { } most ? formulas.Read(most) : symbol.High);
            case IrParser.DemandContext demand: return Header.Checks(formulas, faults, [demand.check()]) is [var guard] ? new Demand(guard) : throw new StatementFault();
            case IrParser.BranchContext branch:
                var otherwise = branch.children.Index().FirstOrDefault(c => c.Item is Antlr4.Runtime.Tree.ITerminalNode && c.Item.GetText() == "else").Index;
                var steps = branch.children.Index().Where(c => c.Item is IrParser.StepContext).Select(c => (c.Index, Step: (IrParser.StepContext)c.Item)).ToList();
                return new Branch(formulas.Label(branch.label()), formulas.Read(branch.expr()), Steps(steps.Where(s => otherwise == 0 || s.Index < otherwise).Select(s => s.Step)), Steps(steps.Where(s => otherwise > 0 && s.Index > otherwise).Select(s => s.Step)));
            case IrParser.RepeatContext repeat:
                Expr? After(string word) => repeat.children.Index().FirstOrDefault(c => c.Item is Antlr4.Runtime.Tree.ITerminalNode && c.Item.GetText() == word && repeat.children[c.Index + 1] is IrParser.ExprContext) is ( > 0 and var at, _) ? formulas.Read((IrParser.ExprContext)repeat.children[at + 1]) : null;
                return new Repeat(formulas.Label(repeat.label(0)), Symbol(repeat.label(1)), After("in"), After("while"), repeat.label().Length > 2 ? Symbol(repeat.label(2)) : null, Steps(repeat.step()));
            default: throw new UnreachableException();
        }
    }

    private Symbol Symbol(IrParser.LabelContext context)
    {
        var name = formulas.Label(context);
        if (!formulas.Symbols.TryFind(name, out var symbol)) throw faults.Unknown(context.Start, "dimension", name, formulas.Symbols.Names, $"a dimension is declared in the header: where {NameText.Bare(name)} in 1..");
        return symbol ?? throw new StatementFault();
    }

    private CallKernel Call(IrParser.RunContext context)
    {
        var scratch = context.attribute().FirstOrDefault(a => a.name().GetText() == "scratch");
        var about = context.attribute().Where(a => a != scratch).ToList();
        return new(formulas.Label(context.label(1)), [.. context.operands().SelectMany(o => o.operand()).Select(Slot)], formulas.Label(context.label(0)),
            scratch is null ? null : (Expr)literals.Value(scratch.literal(), typeof(Expr))!,
            about.Count == 0 ? null : (CallInfo)literals.Record(typeof(CallInfo), about[0].Start, about));
    }

    private string Slot(IrParser.OperandContext context) => context.LOCAL() is { } local ? formulas.Local(local.Symbol) : throw faults.At("LT3004", context.Start, $"steps take slots, not {context.GetText()}");
}
