using System.Globalization;

namespace Lathe.Benchmarks;

/// <summary>What to run and for how long.</summary>
/// <param name="Names">Models; the usual ones when empty.</param>
/// <param name="Seconds">Of each side in each round.</param>
/// <param name="Rounds">Turns of both sides.</param>
/// <param name="Threads">Of both sides; a turn of its own for each count.</param>
/// <param name="All">All generated networks.</param>
/// <param name="Shared">The float models of the shared folder.</param>
/// <param name="Dynamic">Leave the dimensions of the models open, as their files have them.</param>
/// <param name="Batch">How many times the inputs of a model are put one behind another.</param>
/// <param name="Json">The file for the same tables as JSON, or null.</param>
/// <param name="Readme">Write the table into the README.</param>
/// <param name="Markdown">Write the tables into the document that shows them.</param>
/// <param name="Tool">The compiler under test: a program, or a .dll for dotnet.</param>
public sealed record BenchOptions(IReadOnlyList<string> Names, double Seconds = 1, int Rounds = 5, IReadOnlyList<int> Threads = null!, bool All = false, bool Shared = false, bool Dynamic = false, int Batch = 1,
    string? Json = null, bool Readme = false, bool Markdown = false, string? Tool = null)
{
    /// <summary>In turns; one thread unless told otherwise.</summary>
    public IReadOnlyList<int> Threads { get; init; } = Threads ?? [1];

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
                "--threads" => options with { Threads = [.. Value().Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))] },
                "--json" => options with { Json = Value() },
                "--all" => options with { All = true },
                "--shared" => options with { Shared = true },
                "--batch" => options with { Batch = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--dynamic" => options with { Dynamic = true },
                "--readme" => options with { Readme = true },
                "--markdown" => options with { Markdown = true },
                "--lathe" => options with { Tool = Value() },
                _ when word.StartsWith('-') => throw new BenchmarkException($"no option {word}: --seconds S, --rounds N, --threads N[,N], --all, --shared, --dynamic, --batch N, --readme, --markdown, --json FILE, --lathe FILE"),
                _ => options with { Names = [.. options.Names, word] },
            };

            string Value() => rest.TryDequeue(out var value) ? value : throw new BenchmarkException($"{word} wants a value");
        }
        return options;
    }
}
