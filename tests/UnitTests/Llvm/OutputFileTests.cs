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
