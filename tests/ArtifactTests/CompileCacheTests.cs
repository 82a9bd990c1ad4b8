using Lathe.Cli;
using Lathe.Codegen.Llvm;

namespace Lathe.ArtifactTests;

/// <summary>Compiles that were done before: the same bytes, told as such; anything that differs is compiled.</summary>
public sealed class CompileCacheTests : IDisposable
{
    private const string Kept = "as it was compiled before";

    private readonly ScratchFolder scratch = new();

    public CompileCacheTests() => File.Copy(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx"), scratch["digits.onnx"]);

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_second_compile_is_the_first_ones_bytes()
    {
        var first = Compile("one");
        Assert.DoesNotContain(Kept, first, StringComparison.Ordinal);
        var second = Compile("other");
        Assert.Contains(Kept, second, StringComparison.Ordinal);
        Assert.Equal(Lines(first), Lines(second));
        var files = Directory.GetFiles(scratch["one"]).Select(f => Path.GetFileName(f)!).ToList();
        Assert.Equal(["digits.h", "digits.json", "lathe.h", "libdigits.so"], files.Order(StringComparer.Ordinal));
        foreach (var file in files)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(scratch["one"], file)), File.ReadAllBytes(Path.Combine(scratch["other"], file)));
            if (!OperatingSystem.IsWindows()) Assert.Equal(File.GetUnixFileMode(Path.Combine(scratch["one"], file)), File.GetUnixFileMode(Path.Combine(scratch["other"], file)));
        }

        string[] Lines(string text) => [.. text.Replace(scratch["one"], scratch["other"], StringComparison.Ordinal).Split('\n').Where(line => !line.TrimStart().StartsWith("time", StringComparison.Ordinal))];
    }

    [Theory]
    [InlineData("--name", "other")]
    [InlineData("--cpu", "x86-64-v2")]
    [InlineData("--emit", "static,header")]
    [InlineData("--quantize", "int8")]
    [InlineData("--objective", "size")]
    [InlineData("--exact")]
    [InlineData("--pool")]
    [InlineData("--max-arena", "200KiB")]
    [InlineData("--passes", "simplify, fuse, lower")]
    public void Another_option_is_another_compile(params string[] options)
    {
        Compile("one");
        Assert.DoesNotContain(Kept, Compile("other", options), StringComparison.Ordinal);
        Assert.Contains(Kept, Compile("again", options), StringComparison.Ordinal);
    }

    /// <summary>What counts is what the rewrites say, not the names of their files; those that a recipe includes too.</summary>
    [Theory]
    [InlineData("--rewrites", "own.rewrite")]
    [InlineData("--pipeline", "own.recipe")]
    public void Another_rewrite_in_the_same_file_is_another_compile(string option, string file)
    {
        File.WriteAllText(scratch["own.recipe"], "include \"own.rewrite\"\npipeline own { simplify, rewrites, fuse }");
        File.WriteAllText(scratch["own.rewrite"], "rewrite own { match %y = relu(relu(%x)) replace %y = relu(%x) }");
        Compile("one", option, scratch[file]);
        Assert.Contains(Kept, Compile("again", option, scratch[file]), StringComparison.Ordinal);
        File.WriteAllText(scratch["own.rewrite"], "rewrite own { match %y = abs(relu(%x)) replace %y = relu(%x) }");
        Assert.DoesNotContain(Kept, Compile("other", option, scratch[file]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-MD")]
    [InlineData("--jobs", "1")]
    [InlineData("--json")]
    public void What_changes_no_byte_is_the_same_compile(params string[] options)
    {
        Compile("one");
        var told = Compile("other", options);
        Assert.Contains(options[0] == "--json" ? "\"stage\": \"kept\"" : Kept, told, StringComparison.Ordinal);
        if (options[0] == "-MD") Assert.Contains("digits.onnx", File.ReadAllText(Path.Combine(scratch["other"], "digits.d")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-g")]
    [InlineData("--verify-each", "values")]
    [InlineData("--emit", "ir")]
    public void What_is_to_be_seen_on_the_way_is_compiled(params string[] options)
    {
        Compile("one", options);
        Assert.DoesNotContain(Kept, Compile("other", options), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_or_a_damaged_file_is_compiled()
    {
        Compile("one");
        var bytes = File.ReadAllBytes(scratch["digits.onnx"]);
        File.WriteAllBytes(scratch["digits.onnx"], [.. bytes, 0x3a, 0]); // an empty graph that the first one takes in: another file, the same model
        Assert.DoesNotContain(Kept, Compile("other"), StringComparison.Ordinal);
        File.WriteAllBytes(scratch["digits.onnx"], bytes);
        foreach (var library in Directory.GetFiles(scratch["cache"], "libdigits.so", SearchOption.AllDirectories))
            using (var stream = File.Open(library, FileMode.Open)) { stream.Seek(100, SeekOrigin.Begin); stream.WriteByte(77); }
        Assert.DoesNotContain(Kept, Compile("third"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(scratch["one"], "libdigits.so")), File.ReadAllBytes(Path.Combine(scratch["third"], "libdigits.so")));
        Assert.Contains(Kept, Compile("fourth"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_where_the_folder_should_be_costs_nothing_but_time()
    {
        File.WriteAllText(scratch["cache"], "");
        Compile("one");
        Assert.DoesNotContain(Kept, Compile("other"), StringComparison.Ordinal);
    }

    private string Compile(string folder, params string[] options)
    {
        using var printed = new StringWriter();
        var code = CommandLine.Run(["compile", scratch["digits.onnx"], "-o", scratch[folder], .. options], new Session(printed, printed) { Compiles = new ObjectCache(scratch["cache"]) });
        Assert.True(code == ExitCode.Done, printed.ToString());
        return printed.ToString();
    }
}
