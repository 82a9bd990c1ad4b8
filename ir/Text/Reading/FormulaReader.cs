using System.Globalization;
using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads formulas: names by scope, functions and kinds by lookup, operators by how tightly they bind.</summary>
internal sealed class FormulaReader(SourceFaults faults)
{
    /// <summary>Nodes inside one another, more than any formula has: those who walk formulas do it by calling themselves.</summary>
    public const int DeepestFormula = 1000;

    private static readonly Dictionary<string, Operator> Operators = Enum.GetValues<Operator>().ToDictionary(o => o.Text(), StringComparer.Ordinal);
    private static readonly Dictionary<string, Function> Functions = Enum.GetValues<Function>().ToDictionary(f => f.Text(), StringComparer.Ordinal);
    private static readonly Dictionary<string, ReduceKind> Reductions = Enum.GetValues<ReduceKind>().ToDictionary(k => k.Text(), StringComparer.Ordinal);

    /// <summary>Named dimensions.</summary>
    public Scoped<Symbol> Symbols { get; } = new();

    /// <summary>Loop indices and lets.</summary>
    public Scoped<Expr> Named { get; } = new();

    /// <summary>Arguments and scratch.</summary>
    public Scoped<Buffer> Buffers { get; } = new();

    public Expr Read(IrParser.ExprContext context)
    {
        var primaries = context.primary();
        var operands = new Stack<Expr>([Read(primaries[0])]);
        var waiting = new Stack<(Operator Operator, IToken At)>();
        foreach (var (i, sign) in context.@operator().Index())
        {
            var next = Operators[sign.GetText()];
            while (waiting.TryPeek(out var top) && top.Operator.Rank() >= next.Rank()) Combine();
            waiting.Push((next, sign.Start));
            operands.Push(Read(primaries[i + 1]));
        }
        while (waiting.Count > 0) Combine();
        return operands.Pop();

        void Combine()
        {
            var (op, at) = waiting.Pop();
            var right = operands.Pop();
            operands.Push(Made(at, () => Binary.Of(op, operands.Pop(), right)));
        }
    }

    public Seq<Expr> Read(IEnumerable<IrParser.ExprContext> all) => [.. all.Select(Read)];

    public Axis Read(IrParser.AxisContext context)
    {
        var axis = new Axis(context.name().GetText(), Read(context.expr()));
        Named.Define(axis.Name, axis);
        return axis;
    }

    public void Define(IrParser.NameContext name, IrParser.ExprContext value)
    {
        Expr? meaning = null;
        faults.Try(name.Start, () => meaning = Read(value));
        Named.Define(name.GetText(), meaning);
    }

    public Buffer Buffer(IToken local)
    {
        var name = Local(local);
        if (!Buffers.TryFind(name, out var buffer)) throw faults.Unknown(local, "buffer", $"%{name}", Buffers.Names.Select(n => $"%{n}"));
        return buffer ?? throw new StatementFault();
    }

    /// <summary>The name behind a sigil.</summary>
    public string Local(IToken token) => token.Text.Length > 1 && token.Text[1] == '"' ? Text(token, token.Text[1..]) : token.Text[1..];

    public string Label(IrParser.LabelContext context) => context.STRING() is { } quoted ? Text(quoted.Symbol, quoted.GetText()) : context.GetText();

    /// <summary>What quotes hold.</summary>
    public string Text(IToken at, string quoted)
    {
        try { return NameText.Unquoted(quoted); }
        catch (FormatException e) { throw faults.At("LT3004", at, e.Message); }
    }

    private Expr Read(IrParser.PrimaryContext context)
    {
        switch (context)
        {
            case IrParser.ParensContext parens: return Read(parens.expr());
            case IrParser.ApplyContext apply: return Apply(apply);
            case IrParser.ReductionContext reduction: return Reduction(reduction);
            case IrParser.LoadContext load:
                var buffer = Buffer(load.LOCAL().Symbol);
                var (at, outside) = Index(load.index());
                return Made(load.Start, () => Load.Of(buffer, at, outside));
            case IrParser.WordContext word: return Word(word);
            case IrParser.QuotedContext quoted: return Dimension(quoted.Start, Text(quoted.Start, quoted.GetText()));
            default: throw new UnreachableException();
        }
    }

    /// <summary>Indices, and what stands for a read outside.</summary>
    public (Seq<Expr> At, Expr? Outside) Index(IrParser.IndexContext context)
    {
        var all = Read(context.expr());
        return context.GetChild(context.ChildCount - 3)?.GetText() == "else" ? (all.Slice(0, all.Count - 1), all[^1]) : (all, null);
    }

    private Expr Apply(IrParser.ApplyContext context)
    {
        var (name, arguments) = (context.name().GetText(), Read(context.expr()));
        if (Functions.TryGetValue(name, out var function)) return Made(context.Start, () => Call.Of(function, arguments));
        var bits = name.StartsWith("bits.", StringComparison.Ordinal);
        var kind = Scalars.Parse(bits ? name[5..] : name)
            ?? throw faults.Unknown(context.Start, "function", name, Functions.Keys.Concat(Enum.GetValues<Scalar>().SelectMany(s => new[] { s.Text, "bits." + s.Text })));
        if (arguments is not [var only]) throw faults.At("LT3004", context.Start, $"{name} takes 1 argument, not {arguments.Count}");
        return Made(context.Start, () => bits ? only.BitsAs(kind) : only.As(kind));
    }

    private Expr Reduction(IrParser.ReductionContext context)
    {
        var name = context.name().GetText();
        var isDot = name == "dot";
        if (!Reductions.TryGetValue(name, out var kind) && !isDot) throw faults.Unknown(context.Start, "reduction", name, Reductions.Keys.Append("dot"));
        var mark = Named.Mark;
        try
        {
            Seq<Axis> axes = [.. context.axis().Select(Read)];
            foreach (var local in context.local()) Define(local.name(), local.expr());
            var parts = Read(context.expr());
            if (parts.Count != (isDot ? 3 : 1)) throw faults.At("LT3004", context.Start, $"{name} takes {(isDot ? "three formulas" : "one formula")}, not {parts.Count}");
            if (isDot && axes.Count != 1) throw faults.At("LT3004", context.Start, $"dot runs over one index, not {axes.Count}");
            return Made(context.Start, () => isDot ? Dot.Of(axes[0], parts[0], parts[1], parts[2]) : Reduce.Of(kind, axes, parts[0]));
        }
        finally { Named.Leave(mark); }
    }

    private Expr Word(IrParser.WordContext context)
    {
        var negative = context.GetChild(0).GetText() == "-";
        if (context.name() is [var first, ..] && context.INT() is null && context.FLOAT() is null)
        {
            var name = first.GetText();
            if (!IsReal(name) && !negative && context.name().Length == 1)
            {
                if (name is "true" or "false") return name == "true";
                if (Named.TryFind(name, out var meaning)) return meaning ?? throw new StatementFault();
                return Dimension(context.Start, name);
            }
            if (!IsReal(name)) throw faults.At("LT3004", context.Start, $"{context.GetText()} is no number");
        }
        var named = context.name() is { Length: > 0 } names && (context.INT() ?? context.FLOAT()) is { } ? names[0] : context.name().ElementAtOrDefault(1);
        var kind = named is null ? context.INT() is null ? Scalar.F32 : Scalar.I64 : Scalars.Parse(named.GetText()) ?? throw faults.Unknown(named.Start, "kind of number", named.GetText(), Enum.GetValues<Scalar>().Select(s => s.Text));
        return Number(context, kind);
    }

    /// <summary>A literal as a number of a kind.</summary>
    public Expr Number(IrParser.WordContext context, Scalar kind)
    {
        var (negative, text) = (context.GetChild(0).GetText() == "-", (context.INT() ?? context.FLOAT())?.GetText() ?? context.name(0).GetText());
        if (kind == Scalar.Bool && !negative && text is "true" or "false") return text == "true";
        if (kind is Scalar.F32 or Scalar.F64)
        {
            var value = text == "inf" ? double.PositiveInfinity : text == "nan" && !negative ? double.NaN
                : text.StartsWith("nan.", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) ? BitConverter.UInt64BitsToDouble(bits)
                : context.INT() is null && context.FLOAT() is null ? throw faults.At("LT3004", context.Start, $"{context.GetText()} is no number")
                : kind == Scalar.F32 ? float.Parse(text, CultureInfo.InvariantCulture) : double.Parse(text, CultureInfo.InvariantCulture);
            if (double.IsInfinity(value) && text != "inf") throw faults.At("LT3004", context.Start, $"{text} is too large for {kind.Text}");
            return Ir.Number.Of(kind, negative ? -value : value);
        }
        if (context.INT() is null || !Int128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) throw faults.At("LT3004", context.Start, $"{context.GetText()} is no whole number");
        if (negative) whole = -whole;
        if (!kind.IsInteger) throw faults.At("LT3004", context.Start, $"formulas have no literals of {kind.Text}");
        var (low, high) = (kind.IsSigned ? (Int128)kind.Range.Low : 0, kind == Scalar.U64 ? (Int128)ulong.MaxValue : kind.Range.High);
        return whole >= low && whole <= high ? Ir.Number.Of(kind, (long)(ulong)(whole & ulong.MaxValue)) : throw faults.At("LT3004", context.Start, $"{whole} is not in {low}..{high}, which {kind.Text} holds");
    }

    private static bool IsReal(string name) => name is "inf" or "nan" || name.StartsWith("nan.", StringComparison.Ordinal);

    private Expr Dimension(IToken at, string name)
    {
        if (!Symbols.TryFind(name, out var symbol)) throw faults.Unknown(at, "index or dimension", name, Named.Names.Concat(Symbols.Names), $"a dimension is declared in the header: where {NameText.Bare(name)} in 1..");
        return symbol ?? throw new StatementFault();
    }

    private Expr Made(IToken at, Func<Expr> make)
    {
        try
        {
            var made = make();
            if (made.Depth > DeepestFormula) throw faults.At("LT3007", at, $"the formula nests more than {DeepestFormula} deep");
            return made;
        }
        catch (ArgumentException e) { throw faults.At("LT3005", at, e.Message); }
    }
}
