using System.Text;

namespace Lathe.Cli;

/// <summary>A tensor as a person wants to see it: its type, then the top of each vector, or its range where there are many.</summary>
internal static class TensorSummary
{
    private const int Top = 5, MostRows = 8, MostShown = 10;

    public static string Print(string name, Tensor tensor)
    {
        var text = new StringBuilder($"{name}: {tensor}\n");
        if (tensor.Count == 0 || tensor.Kind.IsComplex || tensor.Kind == Scalar.String) return text.ToString();
        var numbers = tensor.ToDoubles();
        var length = (int)(tensor.Shape.Count == 0 ? 1 : tensor.Shape[^1]);
        var rows = numbers.Length / length;
        if (tensor.Kind.IsReal && length is > 1 and <= 65536 && rows <= MostRows && tensor.Shape.Take(tensor.Shape.Count - 1).Count(d => d != 1) <= 1)
            for (var row = 0; row < rows; row++) text.Append("  ").Append(rows == 1 ? "" : $"[{row}] ").Append(Best(numbers.AsSpan(row * length, length))).Append('\n');
        else if (numbers.Length <= MostShown) text.Append("  ").AppendJoin(' ', numbers.Select(Show)).Append('\n');
        else text.Append($"  {Show(numbers.Min())} to {Show(numbers.Max())}, mean {Show(numbers.Average())}; begins {string.Join(' ', numbers.Take(Top).Select(Show))}\n");
        return text.ToString();
    }

    /// <summary>The places of the largest numbers: a classifier's predictions.</summary>
    private static string Best(ReadOnlySpan<double> numbers)
    {
        var all = numbers.ToArray();
        return "top " + string.Join("  ", Enumerable.Range(0, all.Length).OrderByDescending(i => all[i]).ThenBy(i => i).Take(Top).Select(i => $"{i}: {Show(all[i])}"));
    }

    private static string Show(double number) => number.ToString("G6", CultureInfo.InvariantCulture);
}
