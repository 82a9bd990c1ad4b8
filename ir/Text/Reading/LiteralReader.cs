using System.Globalization;
using Antlr4.Runtime;
using Lathe.Grammars;

namespace Lathe.Ir;

/// <summary>Reads values of parameters by their C# type, and the records that they belong to: types, encodings, operators.</summary>
internal sealed class LiteralReader(SourceFaults faults, FormulaReader formulas)
{
    private readonly List<Type> known = [.. Vocabulary.Of<Encoding>().Where(t => t != typeof(Dense))];

    private Dictionary<string, Type> Named => field ??= known.Where(t => !RecordText.IsWorded(t)).ToDictionary(Vocabulary.Word, StringComparer.Ordinal);

    /// <summary>Encodings whose word is their codes; their options tell them apart.</summary>
    private List<Type> Worded => field ??= [.. known.Where(RecordText.IsWorded)];

    public TensorType Type(IrParser.TypeContext context)
    {
        var shape = context.shape() is { } extents ? Extents(extents) : [];
        var attributes = context.encoding().attribute();
        var ordered = attributes is [.., var last] && last.name().GetText() == "order" ? last : null;
        return new(shape, Encoding(context.encoding(), ordered), ordered is null ? [] : Order(ordered, shape.Count));
    }

    public Shape Extents(IrParser.ShapeContext context)
    {
        if (context.SHAPE() is null && context.INT() is null) return formulas.Read(context.expr());
        return [.. context.GetText().Split('x').Select(text => (Expr)(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : throw faults.At("LT3004", context.Start, $"the extent {text} is too large")))];
    }

    /// <summary>The order of axes in memory.</summary>
    public Seq<int> Order(IrParser.AttributeContext context, int rank)
    {
        if (context.name().GetText() != "order") throw faults.Unknown(context.Start, "attribute", context.name().GetText(), ["order"]);
        var order = (Seq<int>)Value(context.literal(), typeof(Seq<int>))!;
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? order : throw faults.At("LT3004", context.Start, $"order={order} does not name each of {rank} axes once");
    }

    public Encoding Encoding(IrParser.EncodingContext context, IrParser.AttributeContext? apart = null)
    {
        var (name, attributes) = (context.name().GetText(), context.attribute().Where(a => a != apart).ToList());
        if (attributes.Count == 0 && context.pattern() is null && context.encoding() is [] && Scalars.Parse(name) is { } kind) return new Dense(kind);
        if (Named.TryGetValue(name, out var type)) return (Encoding)Record(type, context.Start, attributes, Bare(context));
        if (context.pattern() is { } pattern) throw faults.At("LT3004", pattern.Start, $"{name} has no pattern", "write sparse 4x1 (f32)");
        if (context.encoding() is [var within, ..]) throw faults.At("LT3004", within.Start, $"{name} has no format {(Left(context) == within ? "of what it leaves" : "inside")}", Left(context) == within ? "write lowrank rank=32 (f16) + i4 group=64" : "write sparse 4x1 (f32)");
        if (Code.Parse(name) is { } code)
        {
            bool Knows(Type encoding, IrParser.AttributeContext a) => RecordText.Parameters(encoding).Any(p => p.Name == a.name().GetText());
            var best = Worded.MaxBy(encoding => (attributes.Count(a => Knows(encoding, a)), -RecordText.Parameters(encoding).Count(p => p.Required)))!;
            return (Encoding)Record(best, context.Start, attributes, [code]);
        }
        if (attributes.Count > 0 && Scalars.Parse(name) is not null) throw faults.At("LT3004", attributes[0].Start, $"{name} has no attributes");
        throw faults.Unknown(context.Start, "encoding", name, Named.Keys.Concat(Enum.GetValues<Scalar>().Select(s => s.Text)));
    }

    /// <summary>A record from its attributes; those that are not given have their default.</summary>
    /// <param name="bare">Values that the text says without names: each is of the first parameter of its type.</param>
    public object Record(Type type, IToken at, IEnumerable<IrParser.AttributeContext> attributes, params IEnumerable<object> bare)
    {
        var (parameters, given) = (RecordText.Parameters(type), new Dictionary<string, object?>(StringComparer.Ordinal));
        foreach (var value in bare)
        {
            var its = parameters.FirstOrDefault(p => p.Type.IsInstanceOfType(value)) ?? throw faults.At("LT3004", at, $"{RecordText.Snake(type.Name)} has no place for {value}");
            (parameters, given[its.Name]) = ([.. parameters.Where(p => p != its)], value);
        }
        foreach (var attribute in attributes)
        {
            var name = attribute.name().GetText();
            var parameter = parameters.FirstOrDefault(p => p.Name == name) ?? throw faults.Unknown(attribute.Start, "attribute", name, parameters.Select(p => p.Name), parameters is [] ? $"{RecordText.Snake(type.Name)} has none" : $"{RecordText.Snake(type.Name)} has {string.Join(", ", parameters.Select(p => p.Name))}");
            if (!given.TryAdd(name, Value(attribute.literal(), parameter.Type))) throw faults.At("LT3003", attribute.Start, $"{name} is given twice");
        }
        try { return RecordText.Make(type, p => given.GetValueOrDefault(p.Name)); }
        catch (TypeException e) { throw faults.At("LT3004", at, e.Message); }
    }

    /// <summary>What an encoding's text says without a name: its pattern, the format inside, that of what is left.</summary>
    private IEnumerable<object> Bare(IrParser.EncodingContext context)
    {
        if (context.pattern() is { } pattern)
        {
            SparsePattern read;
            try { read = SparsePattern.Parse(pattern.GetText()); }
            catch (ArgumentException e) { throw faults.At("LT3004", pattern.Start, e.Message); }
            yield return read;
        }
        var left = Left(context);
        if (context.encoding().FirstOrDefault(e => e != left) is { } inside) yield return Encoding(inside);
        else if (left is not null) yield return new Dense(Scalar.F32);
        if (left is not null) yield return Encoding(left);
    }

    /// <summary>The format behind a plus.</summary>
    private static IrParser.EncodingContext? Left(IrParser.EncodingContext context) => context.children[^1] is IrParser.EncodingContext left ? left : null;

    /// <summary>A literal as a value of a parameter's type.</summary>
    public object? Value(IrParser.LiteralContext context, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return context.GetText() == "none" ? null : Value(context, inner);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Seq<>) && context is IrParser.ListContext list) return List(list, type.GetGenericArguments()[0]);
        var word = (context as IrParser.OfExprContext)?.expr() is { } expr && expr.primary() is [IrParser.WordContext only] ? only : null;
        if (type == typeof(bool) && word?.GetText() is "true" or "false") return word.GetText() == "true";
        if (type == typeof(long) && word is not null) return formulas.Number(word, Scalar.I64).Whole;
        if (type == typeof(int) && word is not null) return (int)formulas.Number(word, Scalar.I32).Whole;
        if (type == typeof(float) && word is not null) return (float)((Number)formulas.Number(word, Scalar.F32)).Real;
        if (type == typeof(double) && word is not null) return ((Number)formulas.Number(word, Scalar.F64)).Real;
        if (type == typeof(string) && context is IrParser.OfExprContext text && text.expr().primary() is [IrParser.QuotedContext quoted]) return formulas.Text(quoted.Start, quoted.GetText());
        if (type == typeof(Scalar) && word is not null) return Scalars.Parse(word.GetText()) ?? throw faults.Unknown(word.Start, "kind of number", word.GetText(), Enum.GetValues<Scalar>().Select(s => s.Text));
        if (type.IsEnum && word is not null) return Choice(type, word.Start, word.GetText());
        if (type == typeof(TensorType) && context is IrParser.OfTypeContext named) return Type(named.type());
        if (type == typeof(Encoding) && context is IrParser.OfEncodingContext encoded) return Encoding(encoded.encoding());
        if (type == typeof(Expr) && context is IrParser.OfExprContext formula) return formulas.Read(formula.expr());
        if (!type.IsValueType && context.GetText() == "none") return null;
        throw faults.At("LT3004", context.Start, $"{context.GetText()} is no {Describe(type)}", Apart(context));
    }

    /// <summary>What to write where a plus behind a format's last attribute was taken for arithmetic: <c>lowrank rank=32 + i4</c> says rank=(32 + i4).</summary>
    private static string Apart(IrParser.LiteralContext context) =>
        context is IrParser.OfExprContext sum && context.Parent is IrParser.AttributeContext { Parent: IrParser.EncodingContext } attribute && sum.expr() is var e && e.@operator() is [.., var plus] && plus.GetText() == "+" && e.primary() is [var number, var format]
            ? $"a plus behind a number adds to it: write the format inside first, {attribute.name().GetText()}={number.GetText()} (f32) + {format.GetText()}" : "";

    /// <summary>A value of an enumeration by its name in the text.</summary>
    public object Choice(Type type, IToken at, string name)
    {
        var all = Enum.GetValues(type).Cast<object>().ToDictionary(value => RecordText.Show(value), StringComparer.Ordinal);
        return all.TryGetValue(name, out var chosen) ? chosen : throw faults.Unknown(at, RecordText.Snake(type.Name).Replace('_', ' '), name, all.Keys, $"there are {string.Join(", ", all.Keys)}");
    }

    /// <summary>The numbers of a small weight in a kind.</summary>
    public Seq<Expr> Elements(IrParser.ElementsContext context, Scalar kind) =>
        [.. context.expr().Select(e => e.primary() is [IrParser.WordContext word] ? formulas.Number(word, kind) : throw faults.At("LT3004", e.Start, $"{e.GetText()} is no number"))];

    private object List(IrParser.ListContext context, Type element)
    {
        var items = Array.CreateInstance(element, context.literal().Length);
        foreach (var (i, item) in context.literal().Index()) items.SetValue(Value(item, element), i);
        return typeof(Seq).GetMethod(nameof(Seq.ToSeq))!.MakeGenericMethod(element).Invoke(null, [items])!;
    }

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(long) || type == typeof(int) => "whole number",
        _ when type == typeof(float) || type == typeof(double) => "number",
        _ when type == typeof(string) => "text in quotes",
        { IsGenericType: true } => $"list of {Describe(type.GetGenericArguments()[0])}s",
        _ => RecordText.Snake(type.Name).Replace('_', ' '),
    };
}
