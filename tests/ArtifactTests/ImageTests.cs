using System.Reflection.PortableExecutable;
using System.Text;
using Lathe.Cli;
using Lathe.Codegen.Llvm;

namespace Lathe.ArtifactTests;

/// <summary>Artifacts for systems that nothing here runs, by what their files say.</summary>
public sealed class ImageTests
{
    private static readonly string[] functions = ["digits_close", "digits_contract", "digits_error", "digits_invoke", "digits_open", "digits_run", "digits_shapes", "digits_workspace_bytes"];

    [ToolTheory("lld-link-19")]
    [InlineData("x86_64-pc-windows-msvc", Machine.Amd64)]
    [InlineData("aarch64-pc-windows-msvc", Machine.Arm64)]
    public void Windows(string triple, Machine machine)
    {
        using var scratch = new ScratchFolder();
        Compile(triple, scratch.Folder);
        using var image = new PEReader(File.OpenRead(scratch["digits.dll"]));
        var headers = image.PEHeaders;
        Assert.Equal(machine, headers.CoffHeader.Machine);
        Assert.True(headers.IsDll);
        Assert.Equal(functions, Exports(image).Order(StringComparer.Ordinal));
        var text = File.ReadAllText(scratch["digits.dll"], Encoding.Latin1);
        // This model needs nothing of the system.
        Assert.DoesNotContain("ucrtbase.dll", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("VCRUNTIME", text, StringComparison.OrdinalIgnoreCase);
        // Both libraries name what programs call: the one that loads the image, and the one that holds all.
        foreach (var library in new[] { "digits.lib", "libdigits.lib" })
            Assert.All(functions, function => Assert.Contains(function, File.ReadAllText(scratch[library], Encoding.Latin1), StringComparison.Ordinal));
        Assert.Contains("digits.dll", File.ReadAllText(scratch["digits.lib"], Encoding.Latin1), StringComparison.Ordinal);
    }

    [ToolTheory("ld64.lld-19")]
    [InlineData("arm64-apple-macosx", 0x0100000Cu)]
    [InlineData("x86_64-apple-macosx", 0x01000007u)]
    public void MacOs(string triple, uint processor)
    {
        using var scratch = new ScratchFolder();
        Compile(triple, scratch.Folder);
        var image = File.ReadAllBytes(scratch["libdigits.dylib"]);
        Assert.Equal(0xFEEDFACF, BitConverter.ToUInt32(image));
        Assert.Equal(processor, BitConverter.ToUInt32(image, 4));
        Assert.Equal(6, BitConverter.ToInt32(image, 12)); // MH_DYLIB
        Assert.Equal(functions, new MacOs().Symbols(scratch["libdigits.dylib"]).Defined.Order(StringComparer.Ordinal));
        var text = Encoding.Latin1.GetString(image);
        Assert.All(functions, function => Assert.Contains($"\0_{function}\0", text, StringComparison.Ordinal));
        Assert.Contains("@rpath/libdigits.dylib", text, StringComparison.Ordinal);
        Assert.Contains("/usr/lib/libSystem.B.dylib", text, StringComparison.Ordinal);
        var archive = File.ReadAllText(scratch["libdigits.a"], Encoding.Latin1);
        Assert.StartsWith("!<arch>\n#1/", archive, StringComparison.Ordinal);
        Assert.Contains("__.SYMDEF", archive, StringComparison.Ordinal);
        Assert.All(functions, function => Assert.Contains($"\0_{function}\0", archive, StringComparison.Ordinal));
    }

    [ToolTheory("lld-link-19", "ld64.lld-19", "wasm-ld-19")]
    [InlineData("x86_64-pc-windows-msvc")]
    [InlineData("arm64-apple-macosx")]
    [InlineData("wasm32-unknown-unknown")]
    public void The_same_twice(string triple)
    {
        using var first = new ScratchFolder();
        using var second = new ScratchFolder();
        foreach (var scratch in new[] { first, second }) Compile(triple, scratch.Folder);
        var files = Directory.GetFiles(first.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(files, Directory.GetFiles(second.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(first[file!]), File.ReadAllBytes(second[file!])));
    }

    [Theory]
    [InlineData("x86_64-pc-windows-gnu")]
    [InlineData("aarch64-linux-android")]
    [InlineData("x86_64-unknown-freebsd")]
    public void Other_systems_are_refused_and_those_at_hand_named(string triple)
    {
        using var scratch = new ScratchFolder();
        using var printed = new StringWriter();
        Assert.Equal(ExitCode.Usage, CommandLine.Run(["compile", CProgram.Repository("tests", "models", "opt_mnist"), "-o", scratch.Folder, "--triple", triple], new Session(printed, printed)));
        Assert.Contains($"artifacts are not made for '{triple}'; they are for x86_64-linux-gnu, ", printed.ToString(), StringComparison.Ordinal);
    }

    private static void Compile(string triple, string folder)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", CProgram.Repository("tests", "models", "opt_mnist"), "-o", folder, "--name", "digits", "--triple", triple, "--cpu", CpuTarget.OfTriple(triple).Cpu, "--emit", "shared,static,header"], new Session(printed, printed));
        Assert.True(code == ExitCode.Done, printed.ToString());
    }

    /// <summary>The names of the export directory, in its order.</summary>
    private static List<string> Exports(PEReader image)
    {
        var directory = image.GetSectionData(image.PEHeaders.PEHeader!.ExportTableDirectory.RelativeVirtualAddress).GetReader();
        directory.Offset = 24;
        var count = directory.ReadInt32();
        directory.Offset = 32;
        var names = image.GetSectionData(directory.ReadInt32()).GetReader();
        var all = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var name = image.GetSectionData(names.ReadInt32()).GetReader();
            var text = new StringBuilder();
            for (var c = name.ReadByte(); c != 0; c = name.ReadByte()) text.Append((char)c);
            all.Add(text.ToString());
        }
        return all;
    }
}
