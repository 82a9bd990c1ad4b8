using System.Collections;
using System.Reflection;

namespace Lathe.Cli;

/// <summary>Values of options to and from text, by the type of the record's parameter.</summary>
internal static class OptionText
{
    /// <summary><c>OutputDir</c> is <c>output-dir</c>.</summary>
    public static string Kebab(string name) => RecordText.Snake(name).Replace('_', '-');

    /// <summary>The choices of an option that is one of a few words; none for any other.</summary>
    public static IEnumerable<string> Choices(Type type) => Element(type) is { IsEnum: true } kind ? Enum.GetNames(kind).Select(Kebab) : [];

    /// <summary>What one value is: the element of a list, the type under a nullable one.</summary>
    public static Type Element(Type type)
    {
        if (IsList(type)) type = type.GetGenericArguments()[0];
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    public static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Seq<>);

    /// <summary>Reads what the user gave for a parameter. Words of a choice may be given together, split by commas.</summary>
    /// <exception cref="UsageException">A text does not fit.</exception>
    public static object? Read(Type type, string option, IReadOnlyList<string> texts)
    {
        var element = Element(type);
        if (!IsList(type)) return ReadOne(element, option, texts[^1]);
        var values = texts.SelectMany(t => element.IsEnum ? t.Split(',') : [t]).Select(t => ReadOne(element, option, t)).ToArray();
        var array = Array.CreateInstance(element, values.Length);
        values.CopyTo(array, 0);
        return typeof(Seq).GetMethod(nameof(Seq.ToSeq))!.MakeGenericMethod(element).Invoke(null, [array]);
    }

    /// <summary>A default as help shows it; empty where there is nothing to show.</summary>
    public static string Show(object? value) => value switch
    {
        null or false or "" => "",
        true => "yes",
        string s => s,
        Enum e => Kebab(e.ToString()),
        IEnumerable list => string.Join(",", list.Cast<object>().Select(Show)),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static object ReadOne(Type type, string option, string text)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var i) ? i : throw Wrong(option, text, "a whole number");
        if (type == typeof(double)) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : throw Wrong(option, text, "a number");
        if (type.IsEnum) return Enum.GetNames(type).FirstOrDefault(n => Kebab(n) == text) is { } name ? Enum.Parse(type, name) : throw Wrong(option, text, $"one of {string.Join(", ", Choices(type))}");
        var parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) ?? throw new InvalidOperationException($"{type.Name} has no Parse: it cannot be the type of {option}");
        try { return parse.Invoke(null, [text])!; }
        catch (TargetInvocationException e) when (e.InnerException is DiagnosticException { Diagnostics: [var first, ..] }) { throw new UsageException($"{option}: {first.Message}", first.Remedy); }
        catch (TargetInvocationException e) when (e.InnerException is FormatException format) { throw new UsageException($"{option}: {format.Message}"); }
        catch (TargetInvocationException e) when (e.InnerException is UsageException inner) { throw new UsageException($"{option}: {inner.Message}", inner.Diagnostics[0].Remedy); }
    }

    private static UsageException Wrong(string option, string text, string wanted) => new($"{option} takes {wanted}, it is given '{text}'");
}
