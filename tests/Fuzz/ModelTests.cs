using System.Runtime.CompilerServices;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Fuzz;

/// <summary>Spoiled models: each is compiled or refused with a diagnostic, and either way in a moment.</summary>
public sealed class ModelTests
{
    private const int PerModel = 60;

    /// <summary>Seconds until a compilation counts as hanging, on a machine that has other things to do.</summary>
    private const int Patience = 60;

    private static readonly string Models = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "models"));

    public static TheoryData<string> Here => [.. Files(Models)];

    /// <summary>Every n-th of ONNX's own cases, small models of one operator or a few; all under --all.</summary>
    public static TheoryData<string> Cases => [.. Files(SharedModels.Root("onnx-backend")).Where((_, i) => LongRun.Reason is null || i % 40 == 0)];

    [Theory]
    [MemberData(nameof(Here))]
    public Task A_spoiled_model_is_compiled_or_refused(string model) => Check(Path.Combine(Models, model), PerModel);

    [SharedModelsTheory("onnx-backend")]
    [MemberData(nameof(Cases))]
    public Task A_spoiled_case_is_compiled_or_refused(string model) => Check(Path.Combine(SharedModels.Root("onnx-backend"), model), PerModel / 3);

    private static IEnumerable<string> Files(string root) =>
        Directory.GetFiles(root, "model.onnx", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal);

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private static async Task Check(string model, int count)
    {
        using var folder = new ScratchFolder();
        var contents = await File.ReadAllBytesAsync(model);
        for (var seed = 1; seed <= count; seed++)
        {
            var path = folder.Write($"{seed}.onnx", new SpoiledModel(contents, (ulong)seed).Contents);
            var compile = Task.Run(() => Compile(path));
            var done = await Task.WhenAny(compile, Task.Delay(TimeSpan.FromSeconds(Patience)));
            Assert.True(done == compile, $"{model}, seed {seed}: no answer after {Patience} s");
            var fault = await compile;
            Assert.True(fault is null, $"{model}, seed {seed}: {fault}");
        }
    }

    /// <summary>What went wrong besides a diagnostic; null where nothing did.</summary>
    private static string? Compile(string path)
    {
        try { Compilation.Run(OnnxModel.Load(path).Graph, new Machine("test")); }
        catch (DiagnosticException e) { return e.Diagnostics.Count == 0 ? "refused without a word" : null; }
        catch (Exception e) { return e.ToString(); }
        return null;
    }
}
