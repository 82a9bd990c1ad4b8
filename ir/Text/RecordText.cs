using System.Collections.Concurrent;
using System.Reflection;

namespace Lathe.Ir;

/// <summary>A record's parameters are its text: names, defaults, printing and making of operators, encodings and passes, read off the primary constructor.</summary>
public static class RecordText
{
    private static readonly ConcurrentDictionary<Type, Seq<Parameter>> Known = new();

    /// <summary>One parameter of a record.</summary>
    /// <param name="Name">As in the text: <c>kernel_shape</c>.</param>
    /// <param name="Type">Its C# type.</param>
    /// <param name="Default">What it is where the text does not say.</param>
    /// <param name="Required">Whether the text must say.</param>
    public sealed record Parameter(string Name, Type Type, object? Default, bool Required, PropertyInfo Property);

    /// <summary>The parameters of a record's primary constructor, in order.</summary>
    public static Seq<Parameter> Parameters(Type record) => Known.GetOrAdd(record, type =>
        [.. Constructor(type).GetParameters().Select(p => new Parameter(Snake(p.Name!), p.ParameterType,
            p.HasDefaultValue && p.DefaultValue is { } value ? value : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null,
            !p.HasDefaultValue, type.GetProperty(p.Name!)!))]);

    /// <summary>Makes a record; a parameter that is not given takes its default.</summary>
    /// <exception cref="TypeException">A required parameter is not given.</exception>
    public static object Make(Type record, Func<Parameter, object?> given)
    {
        var values = Parameters(record).Select(p => given(p) ?? (p.Required ? throw new TypeException($"{Snake(record.Name)}: {p.Name} is missing") : p.Default)).ToArray();
        try { return Constructor(record).Invoke(values); }
        catch (TargetInvocationException e) when (e.InnerException is TypeException inner) { throw inner; }
    }

    /// <summary>Parameters that differ from their default.</summary>
    public static IEnumerable<(string Name, object? Value)> Attributes(object record) =>
        from parameter in Parameters(record.GetType())
        let value = parameter.Property.GetValue(record)
        where parameter.Required || !Equals(value, parameter.Default)
        select (parameter.Name, value);

    /// <summary><c>KernelShape</c> is <c>kernel_shape</c>; a run of capitals is one word: <c>LRN</c> is <c>lrn</c>.</summary>
    public static string Snake(string name)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var starts = char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || i + 1 < name.Length && char.IsLower(name[i + 1]));
            if (starts && text[^1] != '_') text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>A value of a parameter as text that reads back equal.</summary>
    public static string Show(object? value) => value switch
    {
        null => "none",
        bool b => b ? "true" : "false",
        float f => Real(f, single: true),
        double d => Real(d, single: false),
        string s => NameText.Quoted(s),
        Scalar s => s.Text,
        Enum e => Snake(e.ToString()),
        Ir.Encoding e => $"({e})",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable all => $"[{string.Join(", ", all.Cast<object?>().Select(Show))}]",
        _ => value.ToString() ?? "",
    };

    /// <summary>The shortest text that reads back as the same bits: always with a point, an exponent or a word. A NaN other than the usual one shows its bits as f64.</summary>
    public static string Real(double value, bool single)
    {
        if (double.IsNaN(value)) return BitConverter.DoubleToInt64Bits(value) is var bits && bits == BitConverter.DoubleToInt64Bits(double.NaN) ? "nan" : string.Create(CultureInfo.InvariantCulture, $"nan.{bits:x16}");
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var text = single ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
        return text.All(c => char.IsAsciiDigit(c) || c == '-') ? text + ".0" : text;
    }

    internal static string Op(Op op) => $"{op.Name}({string.Join(", ", Attributes(op).Select(a => $"{a.Name}={Show(a.Value)}"))})";

    /// <summary>
    /// Its word, then its options: the word is the codes where the first parameter is one, else the name of the record. A pattern stands bare behind the word, a format
    /// inside in parentheses at the end, one of what is left over behind a plus: <c>sparse 4x1 keep=0.2 (f16)</c>, <c>lowrank rank=32 (f16) + i4 group=64</c>.
    /// </summary>
    internal static string Encoding(Encoding encoding)
    {
        if (encoding is Dense dense) return dense.Kind.Text;
        var (word, rest) = (Vocabulary.Word(encoding.GetType()), Attributes(encoding).ToList());
        if (IsWorded(encoding.GetType())) (word, rest) = (Parameters(encoding.GetType())[0].Property.GetValue(encoding)!.ToString()!, rest[1..]);
        var formats = Parameters(encoding.GetType()).Where(p => p.Type == typeof(Encoding)).Select(p => p.Name).ToList();
        return string.Concat(word, string.Concat(rest.OrderBy(a => a.Value is SparsePattern ? 0 : a.Value is Ir.Encoding ? 2 : 1)
            .Select(a => a.Value is SparsePattern ? $" {a.Value}" : a.Value is Ir.Encoding ? formats.IndexOf(a.Name) > 0 ? $" + {a.Value}" : $" {Show(a.Value)}" : $" {a.Name}={Show(a.Value)}")));
    }

    /// <summary>Whether codes are the word of an encoding's text: <c>i4 group=64</c>.</summary>
    internal static bool IsWorded(Type encoding) => Parameters(encoding) is [{ Type: var first }, ..] && first == typeof(Code);

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().Where(c => c.GetParameters() is not [{ } only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length)!;
}
