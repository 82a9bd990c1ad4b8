using System.Linq.Expressions;

namespace Lathe.Ir;

/// <summary>
/// Works formulas out inside loops. A shared part is worked out once, in a variable of the outermost scope that knows all its indices;
/// a part that reads memory, no further out than the statement it belongs to.
/// </summary>
internal sealed class CompiledFormulas(IReadOnlyDictionary<Buffer, int> buffers, IReadOnlyDictionary<string, Expression> symbols)
{
    /// <summary>A stretch of code and the variables that it fills before its body runs.</summary>
    private sealed class Scope
    {
        public Dictionary<Expr, Expression> Known { get; } = [];
        public List<ParameterExpression> Variables { get; } = [];
        public List<Expression> Steps { get; } = [];
        public Expression Around(Expression body) => Steps.Count == 0 ? body : Expression.Block(Variables, [.. Steps, body]);

        public Expression Keep(Expression value, string name)
        {
            var variable = Expression.Variable(value.Type, name);
            Variables.Add(variable);
            Steps.Add(Expression.Assign(variable, value));
            return variable;
        }
    }

    /// <summary>What decides how far out a part can go.</summary>
    private sealed record Needs(bool Memory, IReadOnlySet<Axis> Axes);

    private readonly List<Scope> scopes = [new()];
    private readonly Dictionary<Axis, (int Depth, Expression Index)> axes = [];
    private readonly Dictionary<Expr, Needs> needs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Buffer, (Expression Start, Expression Count)> places = [];
    private readonly Dictionary<Buffer, ParameterExpression> registers = [];
    private int statement;

    /// <summary>All of the kernel: what does not depend on any loop is worked out first.</summary>
    public Expression Around(Expression body) => scopes[0].Around(body);

    /// <summary>Where a buffer lies in memory.</summary>
    public void Place(Buffer buffer, Expression start, Expression count) => places[buffer] = (scopes[0].Keep(start, buffer.Name), scopes[0].Keep(count, buffer.Name + ".count"));

    /// <summary>A scratch number that lives in a variable.</summary>
    public Expression Register(Buffer buffer, Func<Expression> body)
    {
        var variable = registers[buffer] = Expression.Variable(Formulas.Held(buffer.Scalar), buffer.Name);
        var garbage = buffer.Scalar is Scalar.F32 or Scalar.F64 ? Formulas.Literal((Number)Number.Of(buffer.Scalar, double.NaN)) : Expression.Default(variable.Type);
        return Expression.Block([variable], Expression.Assign(variable, garbage), body());
    }

    /// <summary>One statement: what is read from memory is read here, before it acts.</summary>
    public Expression Statement(Func<Expression> body)
    {
        var outer = statement;
        statement = scopes.Count;
        scopes.Add(new());
        var inside = body();
        inside = scopes[^1].Around(inside);
        scopes.RemoveAt(scopes.Count - 1);
        statement = outer;
        return inside;
    }

    public Expression Loop(Axis axis, Func<Expression> body)
    {
        var (extent, index, end) = (Value(axis.Extent), Expression.Variable(typeof(long), axis.Name), Expression.Label());
        var known = axes.TryGetValue(axis, out var outer);
        axes[axis] = (scopes.Count, index);
        scopes.Add(new());
        var inside = body();
        inside = scopes[^1].Around(inside);
        scopes.RemoveAt(scopes.Count - 1);
        if (known) axes[axis] = outer;
        else axes.Remove(axis);
        return Expression.Block([index],
            Expression.Assign(index, Expression.Constant(0L)),
            Expression.Loop(Expression.IfThenElse(Expression.LessThan(index, extent), Expression.Block(inside, Expression.PreIncrementAssign(index)), Expression.Break(end)), end));
    }

    public Expression Store(Store store)
    {
        var value = Value(store.Value);
        if (registers.TryGetValue(store.Buffer, out var register)) return Expression.Assign(register, value);
        var (start, count) = places[store.Buffer];
        var (kind, number) = (store.Buffer.Scalar, Expression.Constant(buffers[store.Buffer]));
        var index = Flat(store.Buffer, store.At);
        var act = kind.Bits < 8
            ? Expression.Call(typeof(Cells), nameof(Cells.StorePacked), [value.Type], start, count, index, number, Expression.Constant(kind.Bits), value)
            : Expression.Call(typeof(Cells), nameof(Cells.Store), [value.Type], start, count, index, number, value);
        return Expression.Block([.. Checks(store.Buffer, store.At), act]);
    }

    /// <summary>The number a formula has here.</summary>
    public Expression Value(Expr e)
    {
        switch (e)
        {
            case Number n: return Formulas.Literal(n);
            case Axis axis: return axes[axis].Index;
            case Symbol symbol: return scopes[0].Known.TryGetValue(symbol, out var here) ? here : scopes[0].Known[symbol] = scopes[0].Keep(symbols[symbol.Name], symbol.Name);
        }
        var depth = Depth(e);
        if (scopes[depth].Known.TryGetValue(e, out var known)) return known;
        var value = e switch
        {
            Binary b => Formulas.Binary(b.Operator, b.A.Type, Value(b.A), Value(b.B)),
            Call { Function: Function.Ahead } c => Value(c.Arguments[0]),
            Call c => Formulas.Call(c.Function, c.Arguments[^1].Type, [.. c.Arguments.Select(Value)]),
            Cast c => Formulas.Cast(c.Operand.Type, c.Type, Value(c.Operand)),
            Bitcast c => Formulas.Bits(c.Operand.Type, c.Type, Value(c.Operand)),
            Load l => Read(l),
            Reduce r => Fold(r, depth),
            Dot d => Fold(d, depth),
            _ => throw new UnreachableException(),
        };
        return scopes[depth].Known[e] = scopes[depth].Keep(value, "");
    }

    private Expression Read(Load load)
    {
        if (registers.TryGetValue(load.Buffer, out var register)) return register;
        var (start, count) = places[load.Buffer];
        var (kind, number) = (load.Buffer.Scalar, Expression.Constant(buffers[load.Buffer]));
        var index = Flat(load.Buffer, load.At);
        Expression read = kind.Bits < 8
            ? Expression.Call(typeof(Cells), nameof(Cells.LoadPacked), [Formulas.Held(kind)], start, count, index, number, Expression.Constant(kind.Bits), Expression.Constant(kind.IsInteger && kind.IsSigned))
            : Expression.Call(typeof(Cells), nameof(Cells.Load), [Formulas.Held(kind)], start, count, index, number);
        if (load.Outside is null) return Expression.Block([.. Checks(load.Buffer, load.At), read]);
        var inside = Unproved(load.Buffer, load.At).Aggregate((Expression?)null, (all, axis) =>
            Expression.Call(typeof(Cells), nameof(Cells.IsInside), null, Value(load.At[axis]), Value(load.Buffer.Shape[axis])) is var one && all is null ? one : Expression.AndAlso(all, one));
        return inside is null ? read : Expression.Condition(inside, read, Value(load.Outside));
    }

    /// <summary>A reduction in the kind that the contract names: f32 sums and products in f64, rounded once.</summary>
    private Expression Fold(Reduce reduce, int depth)
    {
        var kind = reduce.Type == Scalar.F32 && reduce.Kind is ReduceKind.Sum or ReduceKind.Product ? Scalar.F64 : reduce.Type;
        var start = Formulas.Literal((Number)Reduce.Identity(reduce.Kind, kind));
        var folded = Fold(reduce.Axes, depth, start, so => Combine(reduce.Kind, kind, so, Formulas.Cast(reduce.Type, kind, Value(reduce.Body))));
        return Formulas.Cast(kind, reduce.Type, folded);
    }

    private static Expression Combine(ReduceKind reduce, Scalar kind, Expression a, Expression b) => reduce switch
    {
        ReduceKind.Sum => Formulas.Binary(Operator.Add, kind, a, b),
        ReduceKind.Product => Formulas.Binary(Operator.Multiply, kind, a, b),
        ReduceKind.Max => Formulas.Call(Function.Max, kind, a, b),
        _ => Formulas.Call(Function.Min, kind, a, b),
    };

    private Expression Fold(Dot dot, int depth) => Fold([dot.Lane], depth, Value(dot.C), so => Formulas.Binary(Operator.Add, Scalar.I32, so,
        Formulas.Binary(Operator.Multiply, Scalar.I32, Formulas.Cast(dot.A.Type, Scalar.I32, Value(dot.A)), Formulas.Cast(dot.B.Type, Scalar.I32, Value(dot.B)))));

    /// <summary>Loops that fold into a variable, run where the whole reduction is worked out: scopes further in are set aside.</summary>
    private Expression Fold(Seq<Axis> over, int depth, Expression start, Func<Expression, Expression> step)
    {
        var aside = scopes.GetRange(depth + 1, scopes.Count - depth - 1);
        scopes.RemoveRange(depth + 1, aside.Count);
        var folded = Expression.Variable(start.Type);
        var loops = Nest(0);
        scopes.AddRange(aside);
        scopes[depth].Variables.Add(folded);
        scopes[depth].Steps.Add(Expression.Assign(folded, start));
        scopes[depth].Steps.Add(loops);
        return folded;
        Expression Nest(int level) => level == over.Count ? Expression.Assign(folded, step(folded)) : Loop(over[level], () => Nest(level + 1));
    }

    /// <summary>Where a number lies, counted from the start of its buffer; the part that changes least often is summed first and stays outside.</summary>
    private Expression Flat(Buffer buffer, Seq<Expr> at)
    {
        var terms = at.Select((index, axis) => index * buffer.Strides[axis]).OrderBy(Depth).ToList();
        return Value(terms.Aggregate((Expr)0, (sum, term) => sum + term));
    }

    private IEnumerable<Expression> Checks(Buffer buffer, Seq<Expr> at) => Unproved(buffer, at).Select(axis =>
        Expression.Call(typeof(Cells), nameof(Cells.Check), null, Value(at[axis]), Value(buffer.Shape[axis]), Expression.Constant(buffers[buffer]), Expression.Constant(axis)));

    /// <summary>Axes whose index is not inside by its very form.</summary>
    private static IEnumerable<int> Unproved(Buffer buffer, Seq<Expr> at) => Enumerable.Range(0, at.Count).Where(axis => at[axis] switch
    {
        Axis a => a.Extent != buffer.Shape[axis],
        Number n => n.Integer < 0 || buffer.Shape[axis] is not Number extent || n.Integer >= extent.Integer,
        _ => true,
    });

    /// <summary>The number of the outermost scope in which a part can be worked out.</summary>
    private int Depth(Expr e)
    {
        var (memory, over) = Of(e);
        return over.Aggregate(memory ? statement : 0, (depth, axis) => Math.Max(depth, axes[axis].Depth));
    }

    private Needs Of(Expr e)
    {
        if (needs.TryGetValue(e, out var known)) return known;
        Seq<Axis> bound = e is Reduce r ? r.Axes : e is Dot d ? [d.Lane] : [];
        var parts = e.Children.Concat(bound.Select(axis => axis.Extent)).Select(Of).ToList();
        var over = e.Free;
        if (parts.Any(p => p.Axes.Count > 0)) over = parts.SelectMany(p => p.Axes).Except(bound).ToHashSet();
        return needs[e] = new(e is Load || parts.Any(p => p.Memory), over);
    }
}
