using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>What conditions and computed numbers of rewrites may call.</summary>
public static class TermFunctions
{
    /// <param name="Arguments">How many it takes.</param>
    /// <param name="Description">What it gives, in one line.</param>
    /// <param name="Apply">Null: not known.</param>
    public sealed record Entry(int Arguments, string Description, Func<Seq<object>, object?> Apply);

    /// <summary>Functions by name.</summary>
    public static IReadOnlyDictionary<string, Entry> Known { get; } = new SortedDictionary<string, Entry>(StringComparer.Ordinal)
    {
        ["rank"] = new(1, "how many axes a value has", a => (Expr)Type(a[0]).Rank),
        ["shape"] = new(1, "the extents of a value, a list", a => (Seq<object>)[.. Type(a[0]).Shape]),
        ["dim"] = new(2, "the extent of an axis, counted from the end where negative", a => Item((Seq<object>)[.. Type(a[0]).Shape], a[1])),
        ["size"] = new(1, "how many elements a value has", a => Type(a[0]).Size),
        ["kind"] = new(1, "what kind of number a value holds: f32, i64", a => Type(a[0]).Scalar),
        ["dense"] = new(1, "whether a value is stored plainly, in no weight format", a => Type(a[0]).Encoding is Dense),
        ["real"] = new(1, "whether a value holds real numbers", a => Type(a[0]).Scalar.IsReal),
        ["constant"] = new(1, "whether a value is a weight", a => Operand(a[0]).IsWeight),
        ["value"] = new(1, "the number that all elements of a known value are", a => Uniform(Operand(a[0]))),
        ["contents"] = new(1, "the elements of a small known value, a list", a => Operand(a[0]).Known is { } known ? (Seq<object>)[.. known.Select(Plain)] : null),
        ["approx"] = new(2, "whether a number, or all elements of a known value, are a number to six digits", a => Near(a[0] is Value v ? Uniform(v) : a[0], a[1])),
        ["shared"] = new(1, "allows that a step of the pattern is read elsewhere too; it is then computed as before", _ => true),
        ["name"] = new(1, "the verb of an operator", a => a[0] is Op op ? op.Name : throw new TypeException("name() takes an operator: $f")),
        ["length"] = new(1, "how many items a list has", a => (Expr)List(a[0]).Count),
        ["slice"] = new(3, "the items of a list from one place up to before another", a => List(a[0]) is var l && Place(a[1], l.Count) is var from && Place(a[2], l.Count) is var to && from <= to && to <= l.Count ? l[from..to] : throw new TypeException("slice() takes places of the list in order")),
        ["join"] = new(2, "the items of one list, then those of another", a => (Seq<object>)[.. List(a[0]), .. List(a[1])]),
        ["repeat"] = new(2, "a list of one item so many times", a => (Seq<object>)[.. Enumerable.Repeat(a[0], Count(a[1]))]),
        ["range"] = new(1, "whole numbers from 0, so many", a => (Seq<object>)[.. Enumerable.Range(0, Count(a[0])).Select(i => (Expr)i)]),
        ["permute"] = new(2, "the items of a list in the order that another names", a => List(a[0]) is var l ? (Seq<object>)[.. List(a[1]).Select(place => Item(l, place))] : null),
        ["inverse"] = new(1, "the permutation that undoes another", a => List(a[0]).Select(p => Place(p, List(a[0]).Count)).ToList() is var p ? (Seq<object>)[.. Enumerable.Range(0, p.Count).Select(i => (Expr)p.IndexOf(i))] : null),
        ["sum"] = new(1, "the items of a list added up", a => List(a[0]).Aggregate((object)(Expr)0, (x, y) => Arithmetic('+', x, y))),
        ["product"] = new(1, "the items of a list multiplied", a => List(a[0]).Aggregate((object)(Expr)1, (x, y) => Arithmetic('*', x, y))),
        ["least"] = new(1, "the least item of a list of numbers", a => List(a[0]) is [var first, ..] all ? all.Skip(1).Aggregate((object?)first, (x, y) => x is null ? null : Compare("<", x, y) is { } less ? less ? x : y : null) : null),
        ["filled"] = new(2, "a list, or so many zeros where it is empty", a => List(a[0]) is { Count: > 0 } given ? given : (Seq<object>)[.. Enumerable.Repeat((object)(Expr)0, Count(a[1]))]),
        ["min"] = new(2, "the lesser", a => Compare("<", a[0], a[1]) is { } less ? less ? a[0] : a[1] : null),
        ["max"] = new(2, "the greater", a => Compare("<", a[0], a[1]) is { } less ? less ? a[1] : a[0] : null),
        ["abs"] = new(1, "without its sign", a => Compare("<", a[0], (Expr)0) is { } less ? less ? Arithmetic('-', (Expr)0, a[0]) : a[0] : null),
        ["sqrt"] = new(1, "the square root", a => Real(a[0]) is { } x ? Math.Sqrt(x) : null),
        ["exp"] = new(1, "e to a power", a => Real(a[0]) is { } x ? Math.Exp(x) : null),
        ["log"] = new(1, "the natural logarithm", a => Real(a[0]) is { } x ? Math.Log(x) : null),
    };

    /// <summary>A number, or 0 and 1 for what does not hold and holds, as f64; null for anything else.</summary>
    public static double? Real(object value) => value switch
    {
        bool b => b ? 1 : 0,
        double d => d,
        Number n => n.IsReal ? n.Real : n.Integer,
        _ => null,
    };

    /// <summary>Arithmetic: whole where both sides are, else real; lists item by item.</summary>
    public static object Arithmetic(char op, object a, object b)
    {
        if (a is Seq<object> x && b is Seq<object> y) return x.Count == y.Count ? (Seq<object>)[.. x.Zip(y, (p, q) => Arithmetic(op, p, q))] : throw new TypeException($"lists of {x.Count} and {y.Count} items");
        if (a is Expr p && b is Expr q && !p.Type.IsReal && !q.Type.IsReal)
        {
            if (op is '/' or '%' && q is not Number { Integer: not 0 }) throw new TypeException($"{Text(a)} {op} {Text(b)}");
            return Linear.Simplify(op switch { '+' => p + q, '-' => p - q, '*' => p * q, '/' => p / q, _ => p % q });
        }
        if (Real(a) is not { } left || Real(b) is not { } right) throw new TypeException($"{Text(a)} {op} {Text(b)} is no arithmetic on numbers");
        return op switch { '+' => left + right, '-' => left - right, '*' => left * right, '/' => left / right, _ => left % right };
    }

    /// <summary>Null where open extents decide it.</summary>
    public static bool? Compare(string than, object a, object b)
    {
        if (than is "==" or "!=") return Same(a, b) is { } same ? same == (than == "==") : null;
        if (a is Expr p && b is Expr q && !p.Type.IsReal && !q.Type.IsReal)
        {
            var (low, high) = Linear.Range(Linear.Simplify(p - q));
            return than switch
            {
                "<" => high < 0 ? true : low >= 0 ? false : null,
                "<=" => high <= 0 ? true : low > 0 ? false : null,
                ">" => low > 0 ? true : high <= 0 ? false : null,
                _ => low >= 0 ? true : high < 0 ? false : null,
            };
        }
        if (Real(a) is not { } left || Real(b) is not { } right) throw new TypeException($"{Text(a)} {than} {Text(b)} compares no numbers");
        return than switch { "<" => left < right, "<=" => left <= right, ">" => left > right, _ => left >= right };
    }

    /// <summary>An item of a list.</summary>
    public static object Item(object list, object place) => List(list) is var items && Place(place, items.Count) is var at && at < items.Count ? items[at] : throw new TypeException($"a list of {items.Count} items has none at {Text(place)}");

    /// <summary>A value as a message shows it.</summary>
    public static string Text(object? value) => value switch
    {
        Seq<object> list => $"[{string.Join(", ", list.Select(Text))}]",
        double d => RecordText.Real(d, single: false),
        Scalar s => s.Text,
        bool b => b ? "true" : "false",
        _ => value?.ToString() ?? "nothing",
    };

    private static bool? Same(object a, object b) => (a, b) switch
    {
        (Expr p, Expr q) when !p.Type.IsReal && !q.Type.IsReal => Linear.ProvesEqual(p, q) ? true : Linear.Range(Linear.Simplify(p - q)) is var range && (range.Low > 0 || range.High < 0) ? false : null,
        (Seq<object> x, Seq<object> y) => x.Count != y.Count ? false : x.Zip(y, Same).Aggregate((bool?)true, (all, next) => all == false || next == false ? false : all is null || next is null ? null : true),
        (Value, _) or (_, Value) => ReferenceEquals(a, b),
        _ when Real(a) is { } left && Real(b) is { } right => left.Equals(right) || left == right,
        _ => a.Equals(b),
    };

    private static bool? Near(object? a, object b) => a is null ? null : Real(a) is { } x && Real(b) is { } y ? Math.Abs(x - y) <= 1e-6 * Math.Max(Math.Abs(y), 1e-30) : false;

    private static object? Uniform(Value value) => value.Known is [Number first, ..] all && value.Type.Encoding is Dense && all.All(e => e == (Expr)first) ? Plain(first) : null;

    private static object Plain(Expr e) => e is Number { IsReal: true } n ? n.Real : e is Number { Type: Scalar.Bool } truth ? truth.Integer != 0 : e is Number whole ? (Expr)whole.Integer : e;

    private static Value Operand(object value) => value as Value ?? throw new TypeException($"{Text(value)} is no value of the graph");

    private static TensorType Type(object value) => Operand(value).Type;

    private static Seq<object> List(object value) => value is Seq<object> list ? list : throw new TypeException($"{Text(value)} is no list");

    private static int Count(object value) => value is Number { Integer: >= 0 and <= 1024 } n ? (int)n.Integer : throw new TypeException($"{Text(value)} is no count");

    private static int Place(object value, int count) => value is Number { IsReal: false } n && n.Integer + (n.Integer < 0 ? count : 0) is var place && place >= 0 && place <= count ? (int)place : throw new TypeException($"a list of {count} items has no place {Text(value)}");
}
