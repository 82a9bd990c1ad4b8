using Lathe.Cli;
using Lathe.Runtime;

namespace Lathe.ArtifactTests;

/// <summary>A package of a model of numbers, opened where a shared library is: what classes of models do.</summary>
public sealed unsafe class PackagedModelTests : IDisposable
{
    private const string Name = "packed_alone";

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void It_runs_as_the_library_does_and_leaves_no_folder()
    {
        Compile("hand_keypoint_cls", scratch["gestures.lathe"]);
        Compile("hand_keypoint_cls", scratch.Folder);
        var points = Enumerable.Range(0, 3 * 42).Select(i => MathF.Sin(i)).ToArray();
        var before = Folders();
        using (var packed = CompiledModel.Open(scratch["gestures.lathe"]))
        {
            using var library = CompiledModel.Open(Directory.GetFiles(scratch.Folder, "*.so").Single());
            Assert.Equal(library.Contract.Signature, packed.Contract.Signature);
            Assert.Equal(library.Dimensions.ToArray(), packed.Dimensions.ToArray());
            Assert.Equal(Run(library, points), Run(packed, points));
            Assert.NotEqual(before, Folders());
        }
        Assert.Equal(before, Folders());
    }

    [Fact]
    public void What_is_no_model_of_numbers_is_refused_and_leaves_no_folder()
    {
        File.WriteAllBytes(scratch["words.onnx"], new OnnxSyntax("""
            <ir_version: 8, opset_import: ["": 17, "ai.onnx.ml": 3]>
            words (string[N] word) => (int64[N] place) {
              place = ai.onnx.ml.LabelEncoder <keys_strings = ["cat", "dog"], values_int64s = [0, 1], default_int64 = 2> (word)
            }
            """).Model());
        Compile(scratch["words.onnx"], scratch["words.lathe"]);
        Compile(CProgram.Repository("tests", "models", "opt_mnist"), scratch["windows.lathe"], "--triple", "x86_64-pc-windows-msvc", "--cpu", "x86-64-v3");
        Compile("opt_mnist", scratch["digits.lathe"]);
        File.WriteAllText(scratch["no.lathe"], "text");
        var before = Folders();
        Assert.Equal("words.lathe has work for the host (LabelEncoder): its values are no spans, Package.Open opens it", Refused("words.lathe"));
        Assert.Contains("is no shared library for this machine", Refused("windows.lathe"), StringComparison.Ordinal);
        Assert.Contains("no.lathe is no package", Refused("no.lathe"), StringComparison.Ordinal);
        Assert.Contains("build the project again", Assert.Throws<ArtifactException>(() => CompiledModel.Open(scratch["digits.lathe"], signature: "(x: f32[1]) -> (y: f32[1])")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CompiledModel.Open(scratch["digits.lathe"], weights: scratch["digits.weights"]));
        Assert.Equal(before, Folders());

        string Refused(string file) => Assert.Throws<ArtifactException>(() => CompiledModel.Open(scratch[file])).Message;
    }

    private static long[] Run(CompiledModel model, float[] points)
    {
        var ids = new long[3];
        fixed (float* x = points)
        fixed (long* y = ids)
            model.Run([3], [new(x, (ulong)points.Length * sizeof(float))], [new(y, (ulong)ids.Length * sizeof(long))], default);
        return ids;
    }

    /// <summary>Libraries of packages that are unpacked, of this test's models alone: other tests run meanwhile.</summary>
    private static string[] Folders() => [.. Directory.GetDirectories(Path.GetTempPath(), "lathe-package-*").SelectMany(Parts).Order(StringComparer.Ordinal)];

    private static string[] Parts(string folder)
    {
        try { return Directory.GetFiles(folder, $"*{Name}*"); }
        catch (DirectoryNotFoundException) { return []; } // another test's, gone meanwhile
    }

    private static void Compile(string model, string output, params string[] more)
    {
        using var printed = new StringWriter();
        Assert.True(CommandLine.Run(["compile", Path.IsPathRooted(model) ? model : CProgram.Repository("tests", "models", model), "-o", output, "--name", Name, .. more], new Session(printed, printed)) == ExitCode.Done, printed.ToString());
    }
}
