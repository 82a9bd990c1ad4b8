using System.Globalization;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Attributes of operators as terms see them, and back.</summary>
internal static class AttributeValue
{
    /// <summary>An attribute as a term's value; null for one that is none.</summary>
    public static object? Read(object? value) => value switch
    {
        null => "none",
        long or int => (Expr)Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        bool or string or Scalar => value,
        Enum e => RecordText.Show(e),
        Expr e => e,
        System.Collections.IEnumerable all when all.Cast<object?>().Select(Read).ToList() is var items && !items.Contains(null) => (Seq<object>)[.. items.OfType<object>()],
        _ => RecordText.Show(value),
    };

    /// <summary>A term's value as an attribute of a type.</summary>
    /// <exception cref="TypeException">It is none.</exception>
    public static object? Write(object value, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return value is "none" ? null : Write(value, inner);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Seq<>) && value is Seq<object> list)
        {
            var items = Array.CreateInstance(type.GetGenericArguments()[0], list.Count);
            for (var i = 0; i < list.Count; i++) items.SetValue(Write(list[i], type.GetGenericArguments()[0]), i);
            return typeof(Seq).GetMethod(nameof(Seq.ToSeq))!.MakeGenericMethod(type.GetGenericArguments()[0]).Invoke(null, [items]);
        }
        if (value is Number { IsReal: false } whole)
        {
            if (type == typeof(long)) return whole.Integer;
            if (type == typeof(int)) return checked((int)whole.Integer);
            if (type == typeof(bool) && whole.Integer is 0 or 1) return whole.Integer == 1;
        }
        if (type == typeof(float) && TermFunctions.Real(value) is { } single) return (float)single;
        if (type == typeof(double) && TermFunctions.Real(value) is { } real) return real;
        if (type.IsInstanceOfType(value)) return value;
        if (type.IsEnum && value is string word && Enum.GetValues(type).Cast<object>().FirstOrDefault(choice => RecordText.Show(choice) == word) is { } chosen) return chosen;
        throw new TypeException($"{TermFunctions.Text(value)} is no value of this attribute");
    }
}
