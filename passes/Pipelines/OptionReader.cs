using System.Globalization;
using System.Reflection;
using Antlr4.Runtime;
using Lathe.Grammars;
using Lathe.Ir;
using Lathe.Passes.Selectors;

namespace Lathe.Passes;

/// <summary>Reads options of passes and what criteria are given, by the C# type of the record's parameter. A type of its own is read by its static <c>Parse(string)</c>.</summary>
internal sealed class OptionReader(SourceFaults faults, IReadOnlyDictionary<string, PipelineParser.ValueContext> given)
{
    /// <summary>A record from its options; those that are not given have their default.</summary>
    public object Record(System.Type record, IToken at, IEnumerable<PipelineParser.OptionContext> written)
    {
        var (name, parameters, values) = (Ir.Vocabulary.Word(record), RecordText.Parameters(record), new Dictionary<string, object?>(StringComparer.Ordinal));
        foreach (var option in written)
        {
            var key = option.name().GetText();
            var parameter = parameters.FirstOrDefault(p => p.Name == key)
                ?? throw faults.Unknown(option.Start, "option", key, parameters.Select(p => p.Name), parameters is [] ? $"{name} has none" : $"{name} has {string.Join(", ", parameters.Select(p => p.Name))}");
            if (!values.TryAdd(key, Value(option.value(), parameter.Type))) throw faults.At("LT3003", option.Start, $"{key} is given twice");
        }
        if (parameters.Where(p => p.Required && !values.ContainsKey(p.Name)).ToList() is [var missing, ..]) throw faults.At("LT3004", at, $"{name} needs {missing.Name}", $"write {name}({missing.Name}=…)");
        return RecordText.Make(record, p => values.GetValueOrDefault(p.Name));
    }

    /// <summary>What stands between a criterion's parentheses, as a list of the type that it takes.</summary>
    public object Terms(PipelineParser.TermContext[] terms, System.Type element)
    {
        var items = Array.CreateInstance(element, terms.Length);
        foreach (var (i, term) in terms.Index())
        {
            var value = Resolved(term.value());
            if (element == typeof(Glob) && value.STRING() is null) throw faults.At("LT3004", term.Start, $"{term.GetText()} is no pattern of names", $"write \"{term.GetText()}\"");
            items.SetValue(element == typeof(Glob) ? new Glob(Text(value.Start)) : Parsed(element, term.Start, value == term.value() ? term.GetText() : term.GetText()[..^term.value().GetText().Length] + value.GetText()), i);
        }
        return Listed(items, element);
    }

    /// <summary>A word as it is, or what quotes hold.</summary>
    public static string Text(IToken token) => token.Type == PipelineLexer.STRING ? NameText.Unquoted(token.Text) : token.Text;

    /// <summary>A word as it is, or what quotes hold; a parameter as it was given.</summary>
    public string Text(PipelineParser.TermContext term) => Text(Resolved(term.value()).Start);

    /// <summary>What a value says: of a parameter, what it was given or its default.</summary>
    public PipelineParser.ValueContext Resolved(PipelineParser.ValueContext context)
    {
        for (var depth = 0; context.VARIABLE() is { } variable; depth++)
            context = depth < 100 && given.TryGetValue(variable.GetText()[1..], out var value) ? value
                : throw faults.Unknown(variable.Symbol, "parameter", variable.GetText(), given.Keys.Select(name => "$" + name), "a pipeline names its parameters behind its name: pipeline small(bits=4)");
        return context;
    }

    /// <summary>The texts of a value, or of those in a list.</summary>
    public Seq<string> Texts(PipelineParser.ValueContext context)
    {
        context = Resolved(context);
        return context.value() is { Length: > 0 } items ? [.. items.SelectMany(item => Texts(item))] : context.GetText() == "[]" ? [] : [context.STRING() is null ? context.GetText() : Text(context.Start)];
    }

    private object? Value(PipelineParser.ValueContext context, System.Type type)
    {
        context = Resolved(context);
        var word = context.value() is [] && context.GetText() is not "[]" ? context : null;
        if (Nullable.GetUnderlyingType(type) is { } inner) return word?.GetText() == "none" ? null : Value(context, inner);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Seq<>)) return List(context, type.GetGenericArguments()[0], word is not null);
        if (word is null) throw Wrong(context, type);
        if (type == typeof(string)) return word.STRING() is null ? word.GetText() : Text(word.Start);
        if (word.STRING() is not null && type != typeof(Encoding)) throw Wrong(context, type);
        if (type == typeof(bool)) return word.GetText() is "true" or "false" ? word.GetText() == "true" : throw Wrong(context, type);
        if (type == typeof(int)) return int.TryParse(word.GetText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i) ? i : throw Wrong(context, type);
        if (type == typeof(long)) return long.TryParse(word.GetText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l) ? l : throw Wrong(context, type);
        if (type == typeof(float)) return float.TryParse(word.GetText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var f) ? f : throw Wrong(context, type);
        if (type == typeof(double)) return double.TryParse(word.GetText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : throw Wrong(context, type);
        if (type == typeof(Scalar)) return Scalars.Parse(word.GetText()) ?? throw faults.Unknown(word.Start, "kind of number", word.GetText(), Enum.GetValues<Scalar>().Select(s => s.Text));
        if (type.IsEnum) return Choice(type, word.Start);
        var text = word.STRING() is null ? word.GetText() : Text(word.Start);
        return type == typeof(Encoding) ? IrText.ReadEncoding(text) : Parsed(type, word.Start, text);
    }

    private object List(PipelineParser.ValueContext context, System.Type element, bool single)
    {
        if (single) throw Wrong(context, typeof(Seq<>).MakeGenericType(element));
        var items = Array.CreateInstance(element, context.value().Length);
        foreach (var (i, item) in context.value().Index()) items.SetValue(Value(item, element), i);
        return Listed(items, element);
    }

    private object Choice(System.Type type, IToken word)
    {
        var all = Enum.GetValues(type).Cast<object>().ToDictionary(value => RecordText.Show(value), StringComparer.Ordinal);
        return all.TryGetValue(word.Text, out var chosen) ? chosen : throw faults.Unknown(word, RecordText.Snake(type.Name).Replace('_', ' '), word.Text, all.Keys, $"there are {string.Join(", ", all.Keys)}");
    }

    private object Parsed(System.Type type, IToken at, string text)
    {
        var parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) ?? throw new InvalidOperationException($"{type.Name} has no Parse: it cannot be the type of an option");
        try { return parse.Invoke(null, [text])!; }
        catch (TargetInvocationException e) when (e.InnerException is FormatException or ArgumentException or OverflowException)
        {
            var (message, remedy) = e.InnerException.Message.Split("; ", 2) is [var what, var help] ? (what, help) : (e.InnerException.Message, "");
            throw faults.At("LT3004", at, message, remedy);
        }
    }

    private StatementFault Wrong(PipelineParser.ValueContext context, System.Type type) => faults.At("LT3004", context.Start, $"{context.GetText()} is no {Describe(type)}");

    private static object Listed(Array items, System.Type element) => typeof(Seq).GetMethod(nameof(Seq.ToSeq))!.MakeGenericMethod(element).Invoke(null, [items])!;

    private static string Describe(System.Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(long) || type == typeof(int) => "whole number",
        _ when type == typeof(float) || type == typeof(double) => "number",
        { IsGenericType: true } => $"list: write [A, B]",
        _ => RecordText.Snake(type.Name).Replace('_', ' '),
    };
}
