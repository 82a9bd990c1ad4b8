using System.IO.Compression;
using Lathe.Cli;
using Lathe.Codegen.Llvm;
using Lathe.Onnx;
using Lathe.Runtime;
using Lathe.Runtime.Hosting;
using Lathe.Runtime.Images;
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
                using var package = Package.Open(file, ImageHosting.Operators);
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

    /// <summary>Unpacked and packed again by another tool, which gives folders entries of their own and may add files, a package is the same.</summary>
    [Fact]
    public void A_package_may_be_packed_again()
    {
        using var scratch = new ScratchFolder();
        var good = Digits(scratch);
        Repack(good, scratch["again.lathe"], zip =>
        {
            zip.CreateEntry("parts/");
            Put(zip, "notes.txt", "not the program's");
            Put(zip, "parts/other.lib", "not the program's");
        });
        using var package = Package.Open(scratch["again.lathe"]);
        Assert.Single(package.Program.Inputs);
    }

    /// <summary>Names that leave the folder, twice the same, none of what is called, a library that is none.</summary>
    [Fact]
    public void What_a_package_says_of_its_files_is_checked()
    {
        using var scratch = new ScratchFolder();
        var good = Digits(scratch);
        foreach (var name in new[] { "../out", "..", ".", "a/b", "a\\b", "c:d" }) Refused(zip => Put(zip, Package.PartsFolder + name, "x"), "is no name of a part");
        Refused(zip => Put(zip, Part(zip).FullName, "x"), "it holds two of parts/");
        Refused(zip => Put(zip, Package.ProgramEntry, "{}"), "or several");
        Refused(zip => Part(zip).Delete(), "it holds no part");
        Refused(zip => Put(zip, $"parts/{Artifact.NameOf(Part(zip).Name)}.dll", "x"), "for one part");
        Refused(zip => Program(zip, text => text.Replace("\"part\": \"", "\"part\": \"../", StringComparison.Ordinal)), "is no name of a part");
        Refused(zip => Program(zip, text => text.Replace("f32[", "optional(", StringComparison.Ordinal)), "is no type");
        Refused(zip =>
        {
            var name = Part(zip).FullName;
            Part(zip).Delete();
            Put(zip, name, "no library");
        }, "is no shared library for this machine");

        void Refused(Action<ZipArchive> change, string why)
        {
            Repack(good, scratch["bad.lathe"], change);
            Assert.Contains(why, Assert.Throws<ArtifactException>(() => Package.Open(scratch["bad.lathe"])).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A file that declares fewer bytes than it unpacks to is left where the declared ones end.</summary>
    [Fact]
    public void No_more_is_unpacked_than_declared()
    {
        using var scratch = new ScratchFolder();
        Repack(Digits(scratch), scratch["bad.lathe"], zip => Program(zip, text => text + new string(' ', 4096)));
        var bytes = File.ReadAllBytes(scratch["bad.lathe"]);
        var at = bytes.AsSpan().LastIndexOf(System.Text.Encoding.ASCII.GetBytes(Package.ProgramEntry));
        // In the directory at the end of the file the name stands 46 bytes behind the start of its record, the declared length 24.
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at - 46 + 24), 40);
        File.WriteAllBytes(scratch["bad.lathe"], bytes);
        Assert.Throws<ArtifactException>(() => Package.Open(scratch["bad.lathe"]));
    }

    /// <summary>Windows gets an import library beside each DLL, which no run opens.</summary>
    [Fact]
    public void A_package_for_another_system_holds_libraries_and_weights_alone()
    {
        using var scratch = new ScratchFolder();
        Compile(CProgram.Repository("tests", "models", "opt_mnist"), scratch["digits.lathe"], "--triple", "x86_64-pc-windows-msvc", "--cpu", "x86-64-v3");
        using (var zip = ZipFile.OpenRead(scratch["digits.lathe"])) Assert.Equal(["program.json", "parts/opt_mnist.dll"], zip.Entries.Select(e => e.FullName));
        Assert.Contains("is no shared library for this machine", Assert.Throws<ArtifactException>(() => Package.Open(scratch["digits.lathe"])).Message, StringComparison.Ordinal);
    }

    private static string Digits(ScratchFolder scratch)
    {
        Compile(CProgram.Repository("tests", "models", "opt_mnist"), scratch["digits.lathe"]);
        return scratch["digits.lathe"];
    }

    private static void Repack(string from, string to, Action<ZipArchive> change)
    {
        File.Copy(from, to, overwrite: true);
        using var zip = ZipFile.Open(to, ZipArchiveMode.Update);
        change(zip);
    }

    private static ZipArchiveEntry Part(ZipArchive zip) => zip.Entries.First(e => e.FullName.StartsWith(Package.PartsFolder, StringComparison.Ordinal));

    private static void Put(ZipArchive zip, string name, string text)
    {
        using var into = new StreamWriter(zip.CreateEntry(name).Open());
        into.Write(text);
    }

    private static void Program(ZipArchive zip, Func<string, string> change)
    {
        var entry = zip.GetEntry(Package.ProgramEntry)!;
        string text;
        using (var from = new StreamReader(entry.Open())) text = from.ReadToEnd();
        entry.Delete();
        Put(zip, Package.ProgramEntry, change(text));
    }

    private static void Compile(string model, string file, params string[] more)
    {
        using var printed = new StringWriter();
        Assert.True(CommandLine.Run(["compile", model, "-o", file, .. more], new Session(printed, printed)) == ExitCode.Done, printed.ToString());
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
