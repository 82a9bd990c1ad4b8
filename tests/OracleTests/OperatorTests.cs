using System.Collections.Concurrent;
using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>Every operator's own examples: whatever way a kernel takes must lead to the oracle's numbers.</summary>
public sealed class OperatorTests
{
    /// <summary>Operators with a meaning of their own. What runs graphs inside, or only names numbers, is tested in graphs: tests/Fuzz, tests/OnnxTests.</summary>
    public static TheoryData<string> All => [.. Operators.All.Where(t => !t.IsSubclassOf(typeof(BindingOp))).Select(t => RecordText.Snake(t.Name))];

    [Theory]
    [MemberData(nameof(All))]
    public void Gives_the_oracles_numbers(string verb)
    {
        var examples = Operators.Examples(Operators.Find(verb)!).ToList();
        Assert.True(examples.Count > 0, $"{verb} gives no examples of its use: add them to its Examples()");
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(examples.Index().SelectMany(e => new[] { false, true }, (e, odd) => (e.Index, e.Item, odd)), trial =>
        {
            var (number, example, odd) = trial;
            var run = new OracleCase(example, odd: odd);
            foreach (var (way, outputs) in run.Ways())
                if (run.Fault(outputs()) is { } fault) faults.Add($"{example.Op}, example {number}{(odd ? " with odd numbers" : "")}, {way}: {fault}");
        });
        Assert.True(faults.IsEmpty, string.Join("\n", faults.Order(StringComparer.Ordinal)));
    }
}
