using System.ComponentModel;
using System.Reflection;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>
/// One condition by name: <c>op(Conv)</c> is the record <see cref="Op"/>. Its only parameter is a list of what may stand between the parentheses; any one of them is enough.
/// To add a criterion, add one file here with a subclass and a one-line <see cref="DescriptionAttribute"/>.
/// </summary>
public abstract record Criterion : Selector
{
    /// <summary>The criteria there are, by name.</summary>
    public static IReadOnlyDictionary<string, System.Type> Known => new SortedDictionary<string, System.Type>(
        Vocabulary.Of<Criterion>().ToDictionary(Vocabulary.Word), StringComparer.Ordinal);

    public sealed override string ToString() =>
        $"{Vocabulary.Word(GetType())}({string.Join(", ", ((System.Collections.IEnumerable)RecordText.Parameters(GetType())[0].Property.GetValue(this)!).Cast<object>())})";

    /// <summary>What a criterion is given, one line.</summary>
    public static string Describe(System.Type criterion) => criterion.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";

    /// <summary>Weights that a step reads.</summary>
    private protected static IEnumerable<Value> Weights(Node node) => node.Reads.Where(v => v.IsWeight);
}
