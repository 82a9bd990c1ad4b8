using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>Lathe.Compiler, from its package in a clean folder: a program that compiles a model and runs it.</summary>
public sealed partial class CompilerPackageTests(DotnetPackages packages) : IClassFixture<DotnetPackages>, IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_page_on_a_compile_in_a_program_followed_word_for_word_gives_the_right_digits()
    {
        var page = File.ReadAllText(CProgram.Repository("docs", "dotnet.md"));
        var part = page[page.IndexOf("## A compile in a program", StringComparison.Ordinal)..page.IndexOf("## The tool", StringComparison.Ordinal)];
        var blocks = Block().Matches(part).Select(m => (Kind: m.Groups[1].Value, Text: m.Groups[2].Value)).ToList();
        Assert.Equal(["sh", "csharp", "sh", "text"], blocks.Select(b => b.Kind));

        packages.Shell(scratch.Folder, blocks[0].Text);
        File.WriteAllText(scratch["maker/Program.cs"], blocks[1].Text);
        Assert.Equal(blocks[3].Text.Trim(), packages.Shell(scratch["maker"], blocks[2].Text).Trim());
        // The same bytes as the tool writes.
        Tool.Run(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe")), "compile", CProgram.Repository("tests", "models", "opt_mnist"), "-o", scratch["tool"], "--name", "digits", "-q");
        foreach (var file in Directory.GetFiles(scratch["tool"])) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(scratch["maker/out/" + Path.GetFileName(file)]));

        Assert.Equal("LT1001", packages.Shell(scratch["maker"], "dotnet run --no-build -- none.onnx").Split(' ')[0]);
        File.WriteAllBytes(scratch["maker/unknown.onnx"], DotnetTests.Unknown());
        Assert.Matches(@"^LT\d{4} .*NoSuchOperator", packages.Shell(scratch["maker"], "dotnet run --no-build -- unknown.onnx"));

        // What the tool is made of is no part of what programs are written against.
        File.WriteAllText(scratch["maker/Program.cs"], "System.Console.WriteLine(typeof(Lathe.Ir.Graph));");
        var (code, output) = packages.Try(scratch["maker"], "dotnet build");
        Assert.NotEqual(0, code);
        Assert.Contains("error CS0234", output, StringComparison.Ordinal);
    }

    [GeneratedRegex("```([a-z]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
