using System.Globalization;

namespace Lathe.Benchmarks;

/// <summary>What to run and for how long.</summary>
/// <param name="Names">Models; the usual ones when empty.</param>
/// <param name="Seconds">Of each side in each round.</param>
/// <param name="Rounds">Turns of both sides.</param>
/// <param name="Threads">Of both sides.</param>
/// <param name="Json">The file for the same tables as JSON, or null.</param>
/// <param name="PeerOnly">Measure the peer alone.</param>
public sealed record BenchOptions(IReadOnlyList<string> Names, double Seconds = 1, int Rounds = 5, int Threads = 1, string? Json = null, bool PeerOnly = false)
{
    /// <summary>Names and <c>--option value</c> in any order.</summary>
    public static BenchOptions Parse(IEnumerable<string> words)
    {
        var options = new BenchOptions([]);
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out var word))
        {
            options = word switch
            {
                "--seconds" => options with { Seconds = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--threads" => options with { Threads = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--json" => options with { Json = Value() },
                "--peer-only" => options with { PeerOnly = true },
                _ when word.StartsWith('-') => throw new BenchmarkException($"no option {word}: --seconds S, --rounds N, --threads N, --json FILE, --peer-only"),
                _ => options with { Names = [.. options.Names, word] },
            };

            string Value() => rest.TryDequeue(out var value) ? value : throw new BenchmarkException($"{word} wants a value");
        }
        return options;
    }
}
