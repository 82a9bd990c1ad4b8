using System.Text.RegularExpressions;

namespace Lathe.OnnxTests.Backend;

/// <summary>Where ONNX's backend cases lie: a folder for each kind, and in it a folder for each case with a model and its data sets.</summary>
internal static class BackendCases
{
    /// <summary>The checkout that the tests were built from.</summary>
    public static readonly string Checkout = FindRoot();

    /// <summary>Null where the cases are not there.</summary>
    public static string? Folder { get; } = Path.Combine(Checkout, "..", "shared", "onnx-backend") is var folder && File.Exists(Path.Combine(folder, "index.tsv")) ? folder : null;

    /// <summary>The list of cases that pass, in the checkout.</summary>
    public static string PassingFile { get; } = Path.Combine(Checkout, "tests", "OnnxTests", "passing.txt");

    /// <summary>The list of cases that pass in another form, or on the host.</summary>
    public static string Passing(string form) => Path.Combine(Checkout, "tests", "OnnxTests", $"passing_{form}.txt");

    /// <summary>Kind and name of each case: <c>node/test_acos</c>.</summary>
    public static IReadOnlyList<string> All() =>
        [.. File.ReadLines(Path.Combine(Folder!, "index.tsv")).Skip(1).Select(line => line.Split('\t')).Select(fields => $"{fields[1]}/{fields[0]}").Where(IsWanted).Order(StringComparer.Ordinal)];

    /// <summary>Whether a case is to be run: all are, unless <c>LATHE_CASES</c> holds a pattern for their names, as it may while one works on some.</summary>
    public static bool IsWanted(string name) => Environment.GetEnvironmentVariable("LATHE_CASES") is not { Length: > 0 } pattern || Regex.IsMatch(name, pattern);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Compiler.sln above {AppContext.BaseDirectory}");
    }
}
