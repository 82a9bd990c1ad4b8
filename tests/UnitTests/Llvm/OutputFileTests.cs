using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class OutputFileTests
{
    [Fact]
    public void A_committed_file_is_whole_and_alone()
    {
        using var scratch = new ScratchFolder();
        OutputFile.Write(scratch["a.txt"], "old");
        OutputFile.Write(scratch["a.txt"], "new");
        Assert.Equal("new", File.ReadAllText(scratch["a.txt"]));
        Assert.Equal(["a.txt"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("same", "same", true)]
    [InlineData("same", "sane", false)]
    [InlineData("same", "longer", false)]
    public void A_file_of_the_same_bytes_keeps_its_time(string before, string after, bool kept)
    {
        using var scratch = new ScratchFolder();
        var then = new DateTime(2020, 2, 20, 20, 20, 20, DateTimeKind.Utc);
        OutputFile.Write(scratch["a.txt"], before);
        File.SetLastWriteTimeUtc(scratch["a.txt"], then);
        OutputFile.Write(scratch["a.txt"], after);
        Assert.Equal(after, File.ReadAllText(scratch["a.txt"]));
        Assert.Equal(kept, File.GetLastWriteTimeUtc(scratch["a.txt"]) == then);
        Assert.Equal(["a.txt"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_failure_leaves_what_was_there()
    {
        using var scratch = new ScratchFolder();
        OutputFile.Write(scratch["a.txt"], "old");
        Assert.Throws<InvalidOperationException>((Action)(() =>
        {
            using var file = new OutputFile(scratch["a.txt"]);
            file.Stream.Write("half"u8);
            file.Stream.Flush();
            Assert.True(File.Exists(file.Partial));
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(scratch["a.txt"]));
        Assert.Equal(["a.txt"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName));
    }
}
