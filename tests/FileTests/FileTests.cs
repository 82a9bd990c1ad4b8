using System.Runtime.CompilerServices;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // a test's commands run in the current folder, and a process has one

namespace Lathe.FileTests;

/// <summary>Runs every <c>tests/filetests/**/*.test</c> (see <see cref="TestFile"/>); with BLESS=1 in the environment what is printed becomes what is expected.</summary>
public sealed class FileTests
{
    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "filetests"));

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder(), "*.test", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder(), path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_what_it_says(string name)
    {
        var path = Path.Combine(Folder(), name);
        var test = new TestFile(path);
        var (workplace, before) = (Directory.CreateTempSubdirectory("lathe-filetest-").FullName, Directory.GetCurrentDirectory());
        try
        {
            Directory.SetCurrentDirectory(workplace);
            var found = test.Run();
            if (Environment.GetEnvironmentVariable("BLESS") == "1" && found != test.Text) File.WriteAllText(path, found);
            else Assert.Equal(test.Text, found);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(workplace, recursive: true);
        }
    }
}
