using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads a kernel: statements, and what its names mean from braces to braces.</summary>
internal sealed class KernelReader(SourceFaults faults, FormulaReader formulas, LiteralReader literals)
{
    /// <summary>Loops, conditions and scratches inside one another.</summary>
    private const int DeepestNesting = 200;

    private int depth;

    public Kernel? Read(IrParser.KernelContext context)
    {
        var marks = (formulas.Symbols.Mark, formulas.Buffers.Mark);
        Kernel? kernel = null;
        faults.Try(context.Start, () =>
        {
            Header.Where(formulas, faults, context.where());
            var lists = context.buffers();
            // Without inputs the only list is that of the outputs, unless those are none.
            var inputs = lists.FirstOrDefault(l => l.Start.TokenIndex < Arrow(context));
            var outputs = lists.FirstOrDefault(l => l.Start.TokenIndex > Arrow(context));
            kernel = new(formulas.Label(context.label()), Arguments(inputs), Arguments(outputs), List(context.stmt()), context.external() is { } external ? Called(external) : null);
        });
        formulas.Symbols.Leave(marks.Item1);
        formulas.Buffers.Leave(marks.Item2);
        return kernel is null || faults.Any ? null : Canonical.Of(kernel);
    }

    /// <summary>A buffer where it is declared.</summary>
    public Buffer Declared(IrParser.BufferContext context)
    {
        var kind = context.name(0);
        var shape = context.shape() is { } extents ? literals.Extents(extents) : [];
        return new(formulas.Local(context.LOCAL().Symbol),
            Scalars.Parse(kind.GetText()) ?? throw faults.Unknown(kind.Start, "kind of number", kind.GetText(), Enum.GetValues<Scalar>().Select(s => s.Text)),
            shape,
            context.name(1) is { } space ? (Space)literals.Choice(typeof(Space), space.Start, space.GetText()) : Space.Argument,
            context.attribute() is { } order ? literals.Order(order, shape.Count) : []);
    }

    private static int Arrow(IrParser.KernelContext context) => context.children.First(c => c.GetText() == "->").SourceInterval.a;

    private External Called(IrParser.ExternalContext context) => new(formulas.Text(context.STRING().Symbol, context.STRING().GetText()), [.. (context.operands()?.operand() ?? []).Select(operand =>
    {
        if (operand.Start.Text == "_") return null;
        var name = formulas.Local(operand.Start);
        return formulas.Buffers.TryFind(name, out var buffer) ? buffer : throw faults.Unknown(operand.Start, "buffer", operand.Start.Text, formulas.Buffers.Names.Select(n => "%" + n));
    })]);

    private Seq<Buffer> Arguments(IrParser.BuffersContext? context) => [.. (context?.buffer() ?? []).Select(b => Define(b)).OfType<Buffer>()];

    private Buffer? Define(IrParser.BufferContext context)
    {
        Buffer? buffer = null;
        faults.Try(context.Start, () => buffer = Declared(context));
        var name = formulas.Local(context.LOCAL().Symbol);
        if (formulas.Buffers.TryFind(name, out _)) faults.Add("LT3003", context.Start, $"%{name} stands for another buffer here");
        formulas.Buffers.Define(name, buffer);
        return buffer;
    }

    /// <summary>Statements between braces.</summary>
    private Stmt Inside(IrParser.StmtContext[] all)
    {
        var marks = (formulas.Named.Mark, formulas.Buffers.Mark);
        var body = List(all);
        formulas.Named.Leave(marks.Item1);
        formulas.Buffers.Leave(marks.Item2);
        return body;
    }

    /// <summary>Statements one after another; a scratch holds all that follow.</summary>
    private Stmt List(ReadOnlySpan<IrParser.StmtContext> all)
    {
        var steps = new List<Stmt>();
        for (var i = 0; i < all.Length; i++)
        {
            switch (all[i])
            {
                case IrParser.LetContext let: formulas.Define(let.name(), let.expr()); break;
                case IrParser.ScratchContext scratch:
                    var buffer = Define(scratch.buffer());
                    Enter(scratch.Start);
                    var rest = List(all[(i + 1)..]);
                    depth--;
                    steps.Add(buffer is null ? rest : new Scratch(buffer, rest));
                    return Stmts.Do(steps);
                case var other:
                    faults.Try(other.Start, () => steps.Add(Read(other)));
                    break;
            }
        }
        return Stmts.Do(steps);
    }

    private Stmt Read(IrParser.StmtContext context)
    {
        switch (context)
        {
            case IrParser.BlockContext block: return Inside(block.stmt());
            case IrParser.StoreContext store:
                var buffer = formulas.Buffer(store.LOCAL().Symbol);
                var (at, outside) = formulas.Index(store.index());
                if (outside is not null) throw faults.At("LT3004", store.index().Start, "a store has no else");
                return new Store(buffer, at, formulas.Read(store.expr()));
            case IrParser.NestContext nest:
                var mark = formulas.Named.Mark;
                try { return Nest(nest.head(), nest.stmt(), null); }
                finally { formulas.Named.Leave(mark); }
            default: throw new UnreachableException();
        }
    }

    private Stmt Nest(ReadOnlySpan<IrParser.HeadContext> heads, IrParser.StmtContext[] body, LoopKind? kind)
    {
        if (heads is not [var head, .. var inner]) return Inside(body);
        Enter(head.Start);
        try
        {
            if (head.expr() is { } expr)
            {
                var condition = formulas.Read(expr);
                if (condition.Type != Scalar.Bool) faults.Add("LT3005", head.Start, $"if asks {condition}, which is {condition.Type.Text}, not bool");
                return new Guard(condition, Nest(inner, body, null));
            }
            if (head.name() is { } name) kind = (LoopKind)literals.Choice(typeof(LoopKind), name.Start, name.GetText());
            if (kind is null) throw faults.At("LT3004", head.Start, $"the kind of the loop over {head.axis().name().GetText()} is missing", $"there are {string.Join(", ", Enum.GetValues<LoopKind>().Select(k => RecordText.Show(k)))}");
            var axis = formulas.Read(head.axis());
            return new Loop(kind.Value, axis, Nest(inner, body, kind));
        }
        finally { depth--; }
    }

    private void Enter(Antlr4.Runtime.IToken at)
    {
        if (++depth > DeepestNesting) throw faults.At("LT3007", at, $"nests more than {DeepestNesting} deep");
    }
}
