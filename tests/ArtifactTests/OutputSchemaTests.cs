using System.Text.Json;

namespace Lathe.ArtifactTests;

/// <summary>What the tool writes as JSON is what <c>grammars/lathe-output.schema.json</c> says, and all that is said there is written somewhere.</summary>
public sealed class OutputSchemaTests : IDisposable
{
    /// <summary>Of a definition's name: what is run, and the file that holds the text where the output does not. Each takes the place of its predecessor where it is said again.</summary>
    private static readonly (string Definition, string Command, string File)[] Cases =
    [
        ("compile", "compile MODEL -o out --json", ""),
        ("compile", "compile MODEL -o out --json", ""), // as it was kept
        ("contract", "compile MODEL -o out -q", "out/opt_mnist.json"),
        ("compile", "compile MODEL -o small --name small --quantize int8 --objective=size --json", ""),
        ("contract", "compile MODEL -o small --name small --quantize int8 --objective=size -q", "small/small.json"),
        ("package", "compile MODEL -o packed.lathe --json", ""),
        ("inspect", "inspect MODEL --json", ""),
        ("inspect", "inspect MODEL --json --roofline", ""),
        ("diff", "diff dumps/00-import.lir dumps/01-simplify.lir --json", ""),
        ("explain", "explain MODEL Plus214_Output_0 --json", ""),
        ("run", "run out/libopt_mnist.so --json", ""),
        ("run", "run out/libopt_mnist.so --input INPUT --expect EXPECTED --json", ""),
        ("bench", "bench out/libopt_mnist.so --seconds 0.05 --json", ""),
        ("bench", "bench out/libopt_mnist.so --seconds 0.05 --profile --json", ""),
        ("bench_gpu", "bench MODEL --target=gpu --gpu=cpu --seconds 0.05 --json", ""),
        ("verify", "verify MODEL --json", ""),
        ("verify_artifact", "verify-artifact out/libopt_mnist.so --model MODEL --json", ""),
        ("rewrites", "rewrites rules.rewrite --json", ""),
        ("doctor", "doctor --json", ""),
        ("passes", "passes --json", ""),
        ("ops", "ops --json", ""),
        ("targets", "targets --json", ""),
        ("bisect", "bisect MODEL --json", ""),
        ("eval", "eval MODEL --metric top1 --data items.idx3-ubyte --labels labels.txt --json", ""),
        ("compile", "compile MODEL -o tuned --autotune=kernels.tune --json", ""),
        ("compile", "compile MODEL -o less --name less --quantize int4,method=gptq --objective=size --calibrate items.idx3-ubyte --unseen items.idx3-ubyte --json", ""),
        ("compile", "compile cache.lir -o cache --quantize kv=int8 --calibrate scores.idx2-ubyte --unseen scores.idx2-ubyte --json", ""),
        ("contract", "compile table.lir -o levels --name table --cpu=x86-64-v2,x86-64-v3 -q", "levels/table.json"),
        ("contract", "compile MODEL -o judged --name judged --quantize int8 --objective=size --evaluate judge.eval -q", "judged/judged.json"),
        ("diff", "diff out/libopt_mnist.so small/libsmall.so --json", ""),
        ("bisect", "bisect norm.lir --passes simplify --atol-of-max 0 -o found --json", ""),
        ("eval", "eval MODEL --metric top1 --data items.idx3-ubyte --labels labels.txt --reference MODEL --json", ""),
        ("eval", "eval one.lir --metric auc --data scores.idx2-ubyte --labels truth.txt --json", ""),
        ("eval", "eval table.lir --metric perplexity --data text.txt --vocab vocab.json --window 4 --json", ""),
        ("eval", "eval table.lir --metric cer --data text.txt --vocab vocab.json --window 4 --labels lines.txt --alphabet letters.txt --json", ""),
        ("diagnostics", "compile nowhere.onnx -o out --diagnostics=json", ""),
    ];

    private static readonly string Lathe = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"));

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Every_JSON_is_of_its_schema()
    {
        using var schema = new JsonSchema(CProgram.Repository("grammars", "lathe-output.schema.json"));
        Run("compile MODEL -o dumped --dump-ir dumps -q");
        Rename("*-import.lir", "00-import.lir");
        Rename("*-simplify.lir", "01-simplify.lir");
        File.WriteAllBytes(scratch["items.idx3-ubyte"], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. Enumerable.Range(0, 2 * 784).Select(i => (byte)(i % 256))]);
        scratch.Write("labels.txt", "1\n5\n");
        scratch.Write("rules.rewrite", "rewrite twice { match %y = neg(neg(%x)) replace %y = %x }\n");
        Write();
        foreach (var (definition, command, file) in Cases)
        {
            var printed = Run(command);
            Assert.True(file != "" || printed.StartsWith('{'), $"lathe {command}\n{printed}");
            using var json = JsonDocument.Parse(file == "" ? printed : File.ReadAllText(scratch[file]));
            Assert.True(schema.Check(definition, json.RootElement) is [], $"lathe {command}\n{string.Join('\n', schema.Check(definition, json.RootElement))}");
        }
        // Every kernel has a template by now: the list of those that have none is there for readers of version 1, and empty.
        Assert.Equal(["compile.slow[].node", "compile.slow[].template"], schema.Unseen);
    }

    [Fact]
    public void Every_definition_is_of_something_that_is_written()
    {
        using var schema = new JsonSchema(CProgram.Repository("grammars", "lathe-output.schema.json"));
        string[] parts = ["diagnostic", "compression", "roofline", "contract_tensor"];
        Assert.Equal(schema.Definitions.Order(StringComparer.Ordinal), Cases.Select(c => c.Definition).Concat(parts).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"version": 1, "node": "a", "start": "b", "steps": [{"pass": "p", "what": 1}]}""", "explain.steps[0].what: Number is not of type string")]
    [InlineData("""{"version": 2, "node": "a", "start": "b", "steps": []}""", "explain.version: 2 is not 1")]
    [InlineData("""{"version": 1, "node": "a", "steps": []}""", "explain: start is missing")]
    [InlineData("""{"version": 1, "node": "a", "start": "b", "steps": [], "more": 1}""", "explain: more is not described")]
    public void What_does_not_fit_is_seen(string text, string fault)
    {
        using var schema = new JsonSchema(CProgram.Repository("grammars", "lathe-output.schema.json"));
        using var json = JsonDocument.Parse(text);
        Assert.Equal([fault], schema.Check("explain", json.RootElement));
    }

    /// <summary>What fields that few outputs have are of: open extents, numbers that change, metrics of text and of yes and no.</summary>
    private void Write()
    {
        scratch.Write("judge.eval", "--metric top1\n--data items.idx3-ubyte\n--labels labels.txt\n");
        scratch.Write("table.lir", """
            weights {
              @a : tensor<3, f32> = [0.0, 1.0, 0.0]
              @depth : tensor<i64> = [3]
              @values : tensor<2, f32> = [0.0, 2.0]
            }
            graph table(%ids: tensor<[N, T], i64>) -> tensor<[N, T, 3], f32> where N in 1..8, T in 1..64 {
              %h = one_hot(%ids, @depth, @values) : tensor<[N, T, 3], f32>
              %y = add(%h, @a) : tensor<[N, T, 3], f32>
              return %y
            }
            """);
        scratch.Write("one.lir", """
            graph one(%x: tensor<[N, 1], f32>) -> tensor<[N, 1], f32> where N in 1..64 {
              %y = neg(%x) : tensor<[N, 1], f32>
              return %y
            }
            """);
        scratch.Write("norm.lir", """
            weights {
              @f : tensor<2x2x1x1, f32> = [1.0, 2.0, 3.0, 4.0]
              @s : tensor<2, f32> = [1.0, 3.0]
              @b : tensor<2, f32> = [0.0, 1.0]
              @m : tensor<2, f32> = [0.0, 1.0]
              @v : tensor<2, f32> = [1.0, 7.0]
            }
            graph norm(%x: tensor<1x2x4x4, f32>) -> tensor<1x2x4x4, f32> {
              %c = conv(%x, @f) : tensor<1x2x4x4, f32>
              %y = batch_normalization(%c, @s, @b, @m, @v) : tensor<1x2x4x4, f32>
              return %y
            }
            """);
        scratch.Write("cache.lir", """
            weights {
              @shape : tensor<3, i64> = [2, 1, 16]
            }
            graph cache(%x: tensor<1x1, f32>, %past: tensor<[2, P, 16], f32>) -> tensor<[2, P + 1, 16], f32> where P in 0..64 {
              %row = expand(%x, @shape) : tensor<2x1x16, f32>
              %present = concat(%past, %row, axis=1) : tensor<[2, P + 1, 16], f32>
              return %present
            }
            """);
        File.WriteAllBytes(scratch["scores.idx2-ubyte"], [0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 1, 1, 3, 2, 2]);
        foreach (var (name, text) in new[] { ("truth.txt", "0\n1\n0\n1\n"), ("text.txt", "abcabcaa"), ("vocab.json", """["a", "b", "c"]"""), ("letters.txt", "x\ny"), ("lines.txt", "xyx\nxx\n") }) scratch.Write(name, text);
    }

    private void Rename(string pattern, string name) => File.Move(Directory.GetFiles(scratch["dumps"], pattern).Order(StringComparer.Ordinal).First(), scratch[$"dumps/{name}"], overwrite: true);

    /// <summary>The output, or that of errors where there is none.</summary>
    private string Run(string command)
    {
        var model = Path.GetFullPath(CProgram.Repository("tests", "models", "opt_mnist"));
        var words = command.Replace("MODEL", model, StringComparison.Ordinal).Replace("INPUT", Path.Combine(model, "input_0.npy"), StringComparison.Ordinal).Replace("EXPECTED", Path.Combine(model, "output_0.npy"), StringComparison.Ordinal);
        var start = new System.Diagnostics.ProcessStartInfo(Lathe, words.Split(' ')) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = scratch.Folder };
        start.Environment["LATHE_CACHE"] = scratch["cache"];
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return printed == "" ? errors.Result : printed;
    }
}
