using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

internal sealed partial class BodyPrinter
{
    /// <summary>Longest text that stands where it is used: longer formulas are cut by a variable.</summary>
    private const int MostText = 120;

    private readonly Dictionary<Expr, int> uses = [];
    private readonly Dictionary<Expr, Expr> expanded = [];
    private readonly Dictionary<Expr, bool> reads = [];

    /// <summary>Selections of a read where it is inside its buffer: unlike others, that side must not be worked out where it is not.</summary>
    private readonly HashSet<Expr> checkedReads = [];

    /// <summary>A formula as text where the innermost scope stands.</summary>
    private string Known(Expr e) => Value(Expand(e), open.Count - 1);

    private static string Digits(long n) => KernelLanguage.Bare(n);

    /// <summary>The formula in terms of what languages have.</summary>
    private Expr Expand(Expr e)
    {
        if (expanded.TryGetValue(e, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return expanded[e] = Simpler.Of(e, hasFma: false, hasHalf: false) is { } simpler ? Expand(simpler) : e switch
        {
            Dot { Lane: var lane } dot => Expand(Reduce.Of(ReduceKind.Sum, [lane], dot.A.As(Scalar.I32) * dot.B.As(Scalar.I32)) + dot.C),
            Call { Function: Ir.Function.Ahead } ahead => Expand(ahead.Arguments[0]),
            // Where a number lies is worked out by index algebra, in terms that neighbours share.
            Load load => Flat(load),
            _ when e.Children.Count == 0 => e,
            _ => e.With([.. e.Children.Select(Expand)]),
        };
    }

    /// <summary>A read of the buffer's memory as one long row, and what stands for it outside.</summary>
    private Expr Flat(Load load)
    {
        var buffer = load.Buffer;
        if (IsVariable(buffer)) return load;
        if (OfOther(load) is { } other) return other[Expand(Linear.Simplify(Placed(buffer, load.At)))];
        var number = Row(buffer)[Expand(Linear.Simplify(Placed(buffer, load.At)))];
        if (load.Outside is not { } outside) return number;
        var inside = Dense.Inside(buffer.Shape, load.At);
        if (inside is Number) return number;
        var either = Expr.Select(Expand(inside), number, Expand(outside));
        checkedReads.Add(either);
        return either;
    }

    private static Buffer Row(Buffer buffer) => new(buffer.Name, buffer.Scalar, [buffer.Size], buffer.Space);

    private string Value(Expr e, int level)
    {
        switch (e)
        {
            case Number n: return language.Literal(n);
            case Axis axis: return indices[axis];
            case Symbol s: return symbol(s);
        }
        if (Find(e) is { } known) return known;
        var home = Home(e);
        var text = e is Reduce reduce ? Reduction(reduce, home) : Text(e, home);
        if (e is Reduce) return open[home].Variables[e] = text;
        if (home == level && uses.GetValueOrDefault(e) <= 1 && text.Length <= MostText) return text;
        var name = names.Next("v");
        open[home].Lines.Add($"{language.Of(e.Type)} {name} = {KernelLanguage.Naked(text)};");
        return open[home].Variables[e] = name;
    }

    private string? Find(Expr e)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            if (open[i].Variables.TryGetValue(e, out var name)) return name;
            if (open[i].Kind == ScopeKind.Statement && Reads(e)) return null;
        }
        return null;
    }

    /// <summary>The outermost scope in which a formula can be worked out, and should be.</summary>
    private int Home(Expr e)
    {
        var i = open.Count - 1;
        for (; i > 0; i--)
        {
            var scope = open[i];
            if (scope.Kind == ScopeKind.Guard || Reads(e) && (scope.Kind == ScopeKind.Statement || scope.MayBeEmpty) || scope.Axes.Any(e.Mentions)) break;
        }
        return i;
    }

    private bool Reads(Expr e) => reads.TryGetValue(e, out var known) ? known : reads[e] = e is Load || e.Children.Any(Reads);

    /// <summary>Counts how often each part of a statement's formulas is used.</summary>
    private void Count(IEnumerable<Expr> formulas)
    {
        uses.Clear();
        foreach (var formula in formulas) Use(Expand(formula));

        void Use(Expr e)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (uses.TryGetValue(e, out var known)) { uses[e] = known + 1; return; }
            uses[e] = 1;
            foreach (var child in e.Children) Use(child);
        }
    }

    /// <summary>Folds the body over its axes in a variable.</summary>
    private string Reduction(Reduce reduce, int home)
    {
        var inner = open[(home + 1)..];
        open.RemoveRange(home + 1, open.Count - home - 1);
        var name = names.Next(reduce.Kind.Text());
        Here.Lines.Add($"{language.Of(reduce.Type)} {name} = {Value(reduce.Start, home)};");
        var before = reduce.Axes.Select(axis => (axis, indices.GetValueOrDefault(axis))).ToList();
        Over(0);
        foreach (var (axis, outer) in before) if (outer is null) indices.Remove(axis); else indices[axis] = outer;
        open.AddRange(inner);
        return name;

        void Over(int i)
        {
            if (i == reduce.Axes.Count)
            {
                Here.Lines.Add($"{name} = {Combined(reduce, name, Value(reduce.Body, open.Count - 1))};");
                return;
            }
            var axis = reduce.Axes[i];
            var extent = Value(Expand(axis.Extent), open.Count - 1);
            var index = indices[axis] = names.Next(axis.Name);
            Within(new(ScopeKind.Loop, [axis], Linear.Range(axis.Extent).Low < 1), $"for (long {index} = 0; {index} < {extent}; {index}++)", () => Over(i + 1));
        }
    }

    private string Combined(Reduce reduce, string sum, string next) => reduce.Kind switch
    {
        ReduceKind.Sum => Arithmetic(Operator.Add, reduce.Type, sum, next),
        ReduceKind.Product => Arithmetic(Operator.Multiply, reduce.Type, sum, next),
        _ => Extreme(reduce.Kind == ReduceKind.Max, reduce.Type, sum, next),
    };

    private string Text(Expr e, int level)
    {
        string In(Expr part) => Value(part, level);
        return e switch
        {
            Binary b => Operation(b, Side(b.A, b.B, level), Side(b.B, b.A, level)),
            Call { Function: Ir.Function.Select, Arguments: [var inside, Load load, var outside] } when checkedReads.Contains(e) => $"({In(inside)} ? {Read(load, In(load.At[0]))} : {In(outside)})",
            Call { Function: Ir.Function.Select } c => $"({In(c.Arguments[0])} ? {In(c.Arguments[1])} : {In(c.Arguments[2])})",
            Call c => Function(c, [.. c.Arguments.Select(In)]),
            Cast c => Convert(c, In(c.Operand)),
            Bitcast c => Bits(c.Operand.Type, c.Type, In(c.Operand)),
            Load l => Read(l, l.At.Count == 0 ? "" : In(l.At[0])),
            _ => throw new UnreachableException(e.GetType().Name),
        };
    }

    /// <summary>A side of an operation; a whole literal takes its kind from the other side.</summary>
    private string Side(Expr e, Expr other, int level) => e is Number { Type: Scalar.I64, Integer: >= 0 and <= int.MaxValue and var n } && other is not Ir.Number ? KernelLanguage.Bare(n) : Value(e, level);

    private string Read(Load load, string at)
    {
        var (place, kind) = (places[load.Buffer], load.Buffer.Scalar);
        if (others.TryGetValue(load.Buffer, out var apart)) return language.Shuffled(kind, $"{place}[{KernelLanguage.Naked(at)}]", apart);
        if (IsVariable(load.Buffer)) return place;
        if (Packs(load.Buffer)) return language.Packed(kind.IsSigned && kind.IsInteger ? "Signed" : "Unsigned", place, KernelLanguage.Naked(at), Digits(kind.Bits));
        return kind == Scalar.Bool ? $"({place}[{KernelLanguage.Naked(at)}] != 0)" : $"{place}[{KernelLanguage.Naked(at)}]";
    }
}
