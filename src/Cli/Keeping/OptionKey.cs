using System.Collections;
using System.Text;

namespace Lathe.Cli;

/// <summary>All that a record of options says, as one text: two that differ in anything have two texts.</summary>
internal static class OptionKey
{
    public static string Of(object options)
    {
        var text = new StringBuilder();
        Add(text, options);
        return text.ToString();
    }

    private static void Add(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append('-'); break;
            case string s: text.Append(CultureInfo.InvariantCulture, $"{s.Length}:{s}"); break;
            case IFormattable plain: text.Append(plain.ToString(null, CultureInfo.InvariantCulture)); break; // numbers, enumerations
            case bool b: text.Append(b ? '1' : '0'); break;
            case IEnumerable items:
                text.Append('[');
                foreach (var item in items) Add(text, item);
                text.Append(']');
                break;
            default:
                text.Append(value.GetType().Name).Append('(');
                foreach (var parameter in value.GetType().GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters())
                    Add(text, (value.GetType().GetProperty(parameter.Name!) ?? throw new System.Diagnostics.UnreachableException($"{value.GetType().Name} hides {parameter.Name}")).GetValue(value));
                text.Append(')');
                break;
        }
        text.Append(' ');
    }
}
