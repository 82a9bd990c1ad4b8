namespace Lathe.UnitTests.Repository;

/// <summary>Where files lie and how long they get.</summary>
public sealed class LayoutTests
{
    private const int LongestFile = 400;

    private static readonly string[] TopLevel =
    [
        "src", "ir", "passes", "codegen", "tests", "grammars", "docs",
        "Compiler.sln", "README.md", "LICENSE", "build.sh", "global.json",
        "artifacts", // what a build leaves
    ];

    [Fact]
    public void The_top_level_holds_only_what_belongs_there()
    {
        var others = Directory.EnumerateFileSystemEntries(Checkout.Root).Select(Path.GetFileName)
            .Where(name => !name!.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal) && !TopLevel.Contains(name));
        Assert.Empty(others);
    }

    [Fact]
    public void No_file_holds_two_ideas_worth_of_lines()
    {
        var tooLong = from file in Checkout.Files("*.cs")
                      where !file.Contains("/Generated/", StringComparison.Ordinal)
                      let lines = File.ReadLines(Path.Combine(Checkout.Root, file)).Count()
                      where lines > LongestFile
                      select $"{file}: {lines} lines, {LongestFile} are allowed";
        Assert.Empty(tooLong);
    }
}
