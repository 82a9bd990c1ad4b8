using Lathe.Compiler;
using Lathe.Runtime;

namespace Lathe.ArtifactTests;

/// <summary>Compiles inside a process, by Lathe.Compiler.</summary>
public sealed class CompilerTests : IDisposable
{
    private static readonly string Digits = CProgram.Repository("tests", "models", "opt_mnist"), Gestures = CProgram.Repository("tests", "models", "hand_keypoint_cls");

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_model_is_compiled_as_the_options_say()
    {
        var made = ModelCompiler.Compile(Gestures, scratch["out"], new() { Name = "hand", Dims = Dims("batch", "2"), Targets = ["x86-64-v3"], Options = ["--emit", "shared,contract"] });
        Assert.Equal([scratch["out/hand.json"], scratch["out/libhand.so"]], made.Files.Order(StringComparer.Ordinal));
        Assert.Equal(scratch["out/libhand.so"], made.Library);
        Assert.Contains("\"cpu\": \"x86-64-v3\"", made.Report, StringComparison.Ordinal);
        using var artifact = made.Open();
        Assert.Equal("2", artifact.Contract.Inputs[0].Shape[0]);
        using var hand = new Invocation(artifact);
        hand.Run();
        Assert.Equal(2, hand.Output<long>(0).Length);
    }

    [Fact]
    public void A_package_is_made_by_its_name_and_opens()
    {
        var made = ModelCompiler.Compile(Digits, scratch["digits.lathe"]);
        Assert.Equal([scratch["digits.lathe"]], made.Files);
        using var artifact = made.Open();
        Assert.Equal("Input3", artifact.Contract.Inputs[0].Name);
    }

    [Fact]
    public void Compiles_run_side_by_side()
    {
        Parallel.For(0, 4, i => Assert.Equal(4, ModelCompiler.Compile(i % 2 == 0 ? Digits : Gestures, scratch[$"{i}"], new() { Name = "model", Cache = false }).Files.Count));
        Assert.Equal(File.ReadAllBytes(scratch["0/libmodel.so"]), File.ReadAllBytes(scratch["2/libmodel.so"]));
        Assert.Equal(File.ReadAllBytes(scratch["1/libmodel.so"]), File.ReadAllBytes(scratch["3/libmodel.so"]));
    }

    [Fact]
    public void What_is_wrong_is_an_exception_with_codes_and_nothing_is_written()
    {
        var missing = Assert.Throws<CompileException>(() => ModelCompiler.Compile(scratch["none.onnx"], scratch["out"]));
        Assert.Equal("LT1001", missing.Code);
        Assert.False(missing.IsInternal);
        File.WriteAllBytes(scratch["unknown.onnx"], DotnetTests.Unknown());
        var unknown = Assert.Throws<CompileException>(() => ModelCompiler.Compile(scratch["unknown.onnx"], scratch["out"]));
        var error = Assert.Single(unknown.Messages);
        Assert.True(error.IsError);
        Assert.Contains("NoSuchOperator", error.Text, StringComparison.Ordinal);
        Assert.Equal(error.ToString(), unknown.Message);
        Assert.Equal("LT0001", Assert.Throws<CompileException>(() => ModelCompiler.Compile(Digits, scratch["out"], new() { Name = "no name" })).Code);
        Assert.Equal("LT0001", Assert.Throws<CompileException>(() => ModelCompiler.Compile(Digits, scratch["out"], new() { Options = ["--no-such-option"] })).Code);
        Assert.Equal("LT0001", Assert.Throws<CompileException>(() => ModelCompiler.Compile(Gestures, scratch["out"], new() { Dims = Dims("nothing", "x") })).Code);
        Assert.False(Directory.Exists(scratch["out"]));
        Assert.Throws<ArgumentException>(() => ModelCompiler.Compile(Digits, scratch["out"], new() { Options = ["--help"] }));
        Assert.Throws<OperationCanceledException>(() => ModelCompiler.Compile(Digits, scratch["out"], cancellation: new(canceled: true)));
    }

    [Fact]
    public void A_token_ends_a_compile_that_is_under_way()
    {
        using var source = new CancellationTokenSource();
        source.CancelAfter(TimeSpan.FromMilliseconds(5));
        // The cache would be faster than the token.
        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(() => ModelCompiler.Compile(Digits, scratch["out"], new() { Cache = false }, source.Token)).CancellationToken);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> Dims(string name, string extent) => new CompileOptions().Dims.Add(name, extent);
}
