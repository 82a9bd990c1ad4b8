using System.Text;

namespace Lathe.Cli.Metrics;

/// <summary>Characters to be changed, added or dropped in what the steps spell (greedy CTC), for each character of the label.</summary>
internal sealed class Cer : Metric
{
    public override bool LessIsBetter => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        var (said, right) = (Spelled(answer, options.Letters), answer.Text);
        if (options.IgnoreSpaces) (said, right) = (said.Replace(" ", "", StringComparison.Ordinal), right.Replace(" ", "", StringComparison.Ordinal));
        int[] wanted = [.. right.EnumerateRunes().Select(r => r.Value)];
        var edits = Edits(wanted, [.. said.EnumerateRunes().Select(r => r.Value)]);
        return new(answer.Number, edits, wanted.Length, wanted.Length == 0 ? edits : (double)edits / wanted.Length, said, right);
    }

    /// <summary>The ratio of sums, with the influences of a ratio.</summary>
    public override Score Total(IReadOnlyList<Judgement> all)
    {
        var characters = all.Sum(j => j.Weight);
        var value = all.Sum(j => j.Value) / characters;
        return new(value, [.. all.Select(j => (j.Value - value * j.Weight) / characters)], IsShare: false);
    }

    public override IEnumerable<(string Name, double Value)> More(IReadOnlyList<Judgement> all) => [("exact", all.Average(j => j.Value == 0 ? 1.0 : 0.0))];

    /// <summary>The likeliest class of each step, repeats as one, blanks dropped. Source: Graves et al. 2006, best path.</summary>
    private static string Spelled(Answer answer, List<string> letters)
    {
        var (text, last) = (new StringBuilder(), 0);
        foreach (var row in answer.Rows(answer.Numbers))
        {
            var best = Answer.Largest(row);
            if (best != last && best != 0) text.Append(best - 1 < letters.Count ? letters[best - 1] : " ");
            last = best;
        }
        return text.ToString();
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Edits(int[] a, int[] b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var corner = row[0];
            row[0] = i + 1;
            for (var j = 0; j < b.Length; j++) (corner, row[j + 1]) = (row[j + 1], Math.Min(Math.Min(row[j + 1], row[j]) + 1, corner + (a[i] == b[j] ? 0 : 1)));
        }
        return row[^1];
    }
}
