using Lathe.Cli;

namespace Lathe.FileTests;

/// <summary>A disk that is full when an artifact is written.</summary>
public sealed class FullDiskTests
{
    private const string Model = """
        <ir_version: 8, opset_import: ["": 17]>
        net (float[2] x) => (float[2] y) {
          y = Relu(x)
        }
        """;

    /// <summary>At one page the linker meets the end of the disk, at three the tool itself.</summary>
    [RootFact]
    public void A_full_disk_is_told_and_nothing_half_written_is_left()
    {
        var workplace = Directory.CreateTempSubdirectory("lathe-full-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(workplace, "net.onnx"), new OnnxSyntax(Model).Model());
            Assert.Equal(0, TestCommand.Run($"lathe compile {workplace}/net.onnx -o {workplace}/whole").Code);
            foreach (var size in new[] { "4k", "12k" }) OnSmallDisk(workplace, size);
        }
        finally { Directory.Delete(workplace, recursive: true); }
    }

    private static void OnSmallDisk(string workplace, string size)
    {
        var disk = Path.Combine(workplace, size);
        Directory.CreateDirectory(disk);
        var (refused, code) = TestCommand.Run($"mount -t tmpfs -o size={size} tmpfs {disk}");
        Assert.True(code == 0, refused);
        try
        {
            var (printed, ended) = TestCommand.Run($"lathe compile {workplace}/net.onnx -o {disk}/out");
            Assert.Equal((int)ExitCode.Fault, ended);
            Assert.Contains("error LT0101: the disk is full", printed, StringComparison.Ordinal);
            foreach (var file in Directory.GetFiles(disk, "*", SearchOption.AllDirectories))
                Assert.Equal(File.ReadAllBytes(Path.Combine(workplace, "whole", Path.GetFileName(file))), File.ReadAllBytes(file));
        }
        finally { TestCommand.Run($"umount {disk}"); }
    }
}
