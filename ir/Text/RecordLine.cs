namespace Lathe.Ir;

/// <summary>A record of numbers and words on one line of a text file: <c>name=value</c> for each parameter, in any order, those that are not said as usual.</summary>
public static class RecordLine
{
    /// <param name="words">Each <c>name=value</c>.</param>
    /// <exception cref="FormatException">A word is none, or no parameter is called so; the message says which.</exception>
    public static T Parse<T>(IEnumerable<string> words) where T : notnull
    {
        var known = RecordText.Parameters(typeof(T)).ToDictionary(p => p.Name, p => p.Type, StringComparer.Ordinal);
        var given = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            if (word.Split('=') is not [var name, var text]) throw new FormatException($"'{word}' is no name=value");
            if (!known.TryGetValue(name, out var type)) throw new FormatException($"nothing is called '{name}' here; known are {string.Join(", ", known.Keys)}");
            if (!given.TryAdd(name, Value(text, type))) throw new FormatException($"{name} is given twice");
        }
        return (T)RecordText.Make(typeof(T), p => given.GetValueOrDefault(p.Name));
    }

    /// <summary>What differs from the usual, as <see cref="Parse{T}"/> reads it.</summary>
    public static IEnumerable<string> Words(object record) => RecordText.Attributes(record).Select(a => $"{a.Name}={RecordText.Show(a.Value)}");

    private static object Value(string text, Type type)
    {
        if (type == typeof(string)) return text;
        if (type.IsEnum) return Enum.GetNames(type).FirstOrDefault(name => RecordText.Snake(name) == text) is { } name ? Enum.Parse(type, name) : throw new FormatException($"'{text}' is none of {string.Join(", ", Enum.GetNames(type).Select(RecordText.Snake))}");
        if (type == typeof(int) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole > 0) return whole;
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) && real > 0) return real;
        throw new FormatException($"'{text}' is no positive {(type == typeof(int) ? "whole number" : "number")}");
    }
}
