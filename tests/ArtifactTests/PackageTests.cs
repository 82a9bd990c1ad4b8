using Lathe.Cli;
using Lathe.Codegen.Llvm;
using Lathe.Onnx;
using Lathe.Runtime;
using Lathe.Runtime.Hosting;
using Lathe.Testing;

namespace Lathe.ArtifactTests;

/// <summary>Packages: models with text, sequences, optional values and maps, compiled and run by Lathe.Runtime.</summary>
public sealed class PackageTests
{
    private static readonly string Backend = CProgram.Repository("..", "shared", "onnx-backend");

    /// <summary>A test that needs ONNX's backend cases, which lie beside the checkout and not in it.</summary>
    private sealed class BackendFactAttribute : FactAttribute
    {
        public BackendFactAttribute() => Skip = Directory.Exists(Backend) ? null : "ONNX's backend cases are not at ../shared/onnx-backend";
    }

    /// <summary>Every case of ONNX's that no C ABI carries, run as a package, gives what ONNX expects and what the interpreter makes.</summary>
    [BackendFact]
    public void Cases_of_the_host_run_as_packages()
    {
        using var scratch = new ScratchFolder();
        var faults = new List<string>();
        foreach (var name in File.ReadAllLines(CProgram.Repository("tests", "OnnxTests", "passing_host.txt")))
        {
            try
            {
                var (folder, file) = (Path.Combine(Backend, name), scratch[Path.GetFileName(name) + Package.Ending]);
                Compile(folder, file);
                using var package = Package.Open(file, HostList.All);
                foreach (var data in Directory.GetDirectories(folder, "test_data_set_*"))
                {
                    var inputs = package.Program.Inputs.Select((input, i) => HostFile.Read(Path.Combine(data, $"input_{i}.pb"), input.Type)).ToList();
                    var made = package.Run(inputs);
                    foreach (var (i, output) in package.Program.Outputs.Index()) Same(HostFile.Read(Path.Combine(data, $"output_{i}.pb"), output.Type), made[i]);
                    foreach (var (other, value) in HostModel.Load(Path.Combine(folder, "model.onnx")).Run([.. inputs]).Zip(made)) Same(other, value);
                }
            }
            catch (Exception e) { faults.Add($"{name}: {e.Message.ReplaceLineEndings(" ")}"); }
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    /// <summary>Text in, a table and a matrix in the middle, maps out: three turns of the host around two compiled parts.</summary>
    [Fact]
    public void Text_becomes_numbers_and_numbers_become_maps()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch["words.onnx"], new OnnxSyntax("""
            <ir_version: 8, opset_import: ["": 17, "ai.onnx.ml": 3]>
            words (string[N] word) => (string[N] label, float[N, 2] scores, float[N] backwards) <float[3, 2] table = {1, 5, 4, 2, 0, 0}> {
              place = ai.onnx.ml.LabelEncoder <keys_strings = ["cat", "dog"], values_int64s = [0, 1], default_int64 = 2> (word)
              row = Gather <axis = 0> (table, place)
              label, scores = ai.onnx.ml.LinearClassifier <classlabels_strings = ["soft", "hard"], coefficients = [1.0, 0.0, 0.0, 1.0], intercepts = [0.5, 0.0], multi_class = 0, post_transform = "NONE"> (row)
              number = Cast <to = 8> (place)
              again = Cast <to = 1> (number)
              backwards = Neg (again)
            }
            """).Model());
        Compile(scratch["words.onnx"], scratch["words.lathe"]);
        using var package = Package.Open(scratch["words.lathe"]);
        Assert.Equal("text[N]", package.Program.Inputs[0].Type.ToString());
        var made = package.Run([new HostText([3], ["dog", "cow", "cat"])]);
        Assert.Equal(["soft", "soft", "hard"], ((HostText)made[0]).Elements.ToArray());
        Assert.Equal([4.5f, 2, 0.5f, 0, 1.5f, 5], ((HostTensor)made[1]).Span<float>());
        Assert.Equal([-1, -2, -0f], ((HostTensor)made[2]).Span<float>());
        Assert.Contains("word must be text[N]", Assert.Throws<HostException>(() => package.Run([HostTensor.Of([1], 1L)])).Message, StringComparison.Ordinal);
    }

    /// <summary>Vocabularies of text, and pieces of text: what numbers do, text does, in a package as by the interpreter.</summary>
    [Fact]
    public void Text_is_looked_up_and_moved()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch["pieces.onnx"], new OnnxSyntax("""
            <ir_version: 8, opset_import: ["": 17, "ai.onnx.ml": 3]>
            pieces (string[4] word) => (float[4, 2] hot, float[M] counts, string[2] first, string[2] second, string[K] sorted) {
              hot = ai.onnx.ml.OneHotEncoder <cats_strings = ["b", "a"], zeros = 1> (word)
              counts = TfIdfVectorizer <mode = "TF", min_gram_length = 1, max_gram_length = 1, max_skip_count = 0, ngram_counts = [0], ngram_indexes = [1, 0], pool_strings = ["a", "c"]> (word)
              first, second = Split (word)
              sorted = Unique (word)
            }
            """).Model());
        Compile(scratch["pieces.onnx"], scratch["pieces.lathe"]);
        using var package = Package.Open(scratch["pieces.lathe"]);
        HostText word = new([4], ["c", "a", "b", "a"]);
        var made = package.Run([word]);
        Assert.Equal([0f, 0, 0, 1, 1, 0, 0, 1], ((HostTensor)made[0]).Span<float>());
        Assert.Equal([1f, 2], ((HostTensor)made[1]).Span<float>());
        Assert.Equal([["c", "a"], ["b", "a"], ["a", "b", "c"]], made.Skip(2).Select(text => ((HostText)text).Elements.ToArray()));
        foreach (var (expected, actual) in HostModel.Load(scratch["pieces.onnx"]).Run([word]).Zip(made)) Same(expected, actual);
    }

    [Fact]
    public void A_model_of_numbers_is_one_part()
    {
        using var scratch = new ScratchFolder();
        Compile(CProgram.Repository("tests", "models", "opt_mnist"), scratch["digits.lathe"]);
        Compile(CProgram.Repository("tests", "models", "opt_mnist"), scratch["again.lathe"]);
        Assert.Equal(File.ReadAllBytes(scratch["digits.lathe"]), File.ReadAllBytes(scratch["again.lathe"]));
        using var package = Package.Open(scratch["digits.lathe"]);
        var step = Assert.Single(package.Program.Steps);
        Assert.NotEqual("", step.Part);
        var input = package.Program.Inputs[0].Type;
        var shape = input.Dims!.Value.Select(d => long.Parse(d, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Single(package.Run([HostTensor.Of("f32", [.. shape], new double[shape.Aggregate(1L, (a, b) => a * b)])]));
    }

    [Fact]
    public void What_is_no_package_is_refused()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch["no.lathe"], "text");
        Assert.Contains("no.lathe is no package", Assert.Throws<ArtifactException>(() => Package.Open(scratch["no.lathe"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArtifactException>(() => Package.Open(scratch["missing.lathe"]));
    }

    private static void Compile(string model, string file)
    {
        using var printed = new StringWriter();
        Assert.True(CommandLine.Run(["compile", model, "-o", file], new Session(printed, printed)) == ExitCode.Done, printed.ToString());
    }

    private static void Same(HostValue expected, HostValue actual)
    {
        switch (expected, actual)
        {
            case (HostTensor x, HostTensor y):
                Assert.Equal(x.Kind, y.Kind);
                foreach (var (a, b) in x.ToDoubles().Zip(y.ToDoubles())) Assert.True(a.Equals(b) || Math.Abs(a - b) <= 1e-7 + 1e-3 * Math.Abs(a), $"{a} is expected, {b} is found");
                break;
            case (HostText x, HostText y):
                Assert.Equal(x.Shape.ToArray(), y.Shape.ToArray());
                Assert.Equal(x.Elements.ToArray(), y.Elements.ToArray());
                break;
            case (HostSequence x, HostSequence y):
                Assert.Equal(x.Items.Length, y.Items.Length);
                foreach (var (a, b) in x.Items.Zip(y.Items)) Same(a, b);
                break;
            default:
                Assert.Equal(expected.Kind, actual.Kind);
                break;
        }
    }
}
