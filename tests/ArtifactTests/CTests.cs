using System.Globalization;
using System.Text.Json;
using Lathe.Ir;

namespace Lathe.ArtifactTests;

/// <summary>The promises of the C ABI, asked for by C programs.</summary>
[Collection(nameof(Models))]
public sealed class CTests(Models models) : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [ToolFact("gcc")]
    public void The_program_of_the_documentation_prints_the_scores()
    {
        var source = CProgram.Repository("docs", "digits.c");
        CProgram.Compile(source, scratch["digits"], [Models.FolderOf(models.Digits)], Models.FileOf(models.Digits, ".a"));
        var lines = CProgram.Run(scratch["digits"], []).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();

        var image = new double[28 * 28];
        for (var row = 6; row < 22; row++)
            for (var column = row < 9 ? 7 : 20 - row / 2; column < (row < 9 ? 20 : 23 - row / 2); column++) image[row * 28 + column] = 255;
        var expected = Interpreter.Run(models.DigitsGraph, [Tensor.Of(Scalar.F32, [1, 1, 28, 28], image)])[0].ToDoubles();
        var tolerance = 1e-5 * expected.Max(Math.Abs) + 5e-5; // the share that whole models are held to, and the digits printed

        Assert.Equal(10, lines.Count);
        foreach (var (digit, line) in lines.Index())
        {
            Assert.Equal(digit.ToString(CultureInfo.InvariantCulture), line[0]);
            Assert.Equal(expected[digit], double.Parse(line[1], CultureInfo.InvariantCulture), tolerance);
        }
        Assert.Equal(7, Array.IndexOf(expected, expected.Max()));
    }

    [ToolFact("gcc")]
    public void A_run_touches_no_heap() => Digits("no_heap.c");

    [ToolFact("gcc")]
    public void Many_threads_run_one_model_at_once() => Digits("threads.c", "-pthread");

    [ToolFact("gcc")]
    public void What_is_wrong_with_a_call_is_a_code_that_names_the_tensor() => Digits("errors.c");

    [ToolFact("gcc")]
    public void A_host_hears_every_kernel_and_may_stop_between_two()
    {
        var kernels = JsonDocument.Parse(models.Digits.Contract).RootElement.GetProperty("kernels").GetArrayLength();
        CProgram.Compile(CProgram.Source("host.c"), scratch["host"], [Models.FolderOf(models.Digits)], Models.FileOf(models.Digits, ".a"));
        Assert.Equal("ok", CProgram.Run(scratch["host"], [kernels.ToString(CultureInfo.InvariantCulture)]));
    }

    [ToolFact("gcc")]
    public void A_dimension_is_given_by_each_run() => Run("symbolic.c", [Models.FolderOf(models.RowsArtifact)], [Models.FileOf(models.RowsArtifact, ".a")]);

    [ToolFact("gcc")]
    public void Strides_are_read_and_written_and_a_cache_grows_in_place() => Run("strides.c", [Models.FolderOf(models.Cache)], [Models.FileOf(models.Cache, ".a")]);

    [ToolFact("gcc")]
    public void Tensors_without_elements_need_no_memory() => Run("empty.c", [Models.FolderOf(models.Empty)], [Models.FileOf(models.Empty, ".a")]);

    [ToolFact("gcc")]
    public void Odd_names_and_tensors() => Run("odd.c", [Models.FolderOf(models.Odd)], [Models.FileOf(models.Odd, ".a")]);

    [ToolFact("gcc")]
    public void Two_models_in_one_program() => Run("two_models.c", Both, [Models.FileOf(models.Digits, ".a"), Models.FileOf(models.RowsArtifact, ".a")]);

    [ToolFact("g++")]
    public void A_daemon_with_a_pool_of_its_own_answers_alike()
    {
        string[] headers = ["-I", Models.FolderOf(models.Digits), "-I", CProgram.Repository("src", "CMake")], strict = ["-std=c++17", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror"];
        var source = CProgram.Repository("src", "Samples", "daemon", "daemon.cpp");
        Tool.Run("g++", [.. strict, .. headers, source, Models.FileOf(models.Digits, ".a"), "-lm", "-pthread", "-o", scratch["daemon"]]);
        Tool.Run("g++", [.. strict, "-fno-exceptions", "-fsyntax-only", .. headers, source]);

        var random = new RandomNumbers(7);
        var pictures = Enumerable.Range(0, 50).Select(_ => Enumerable.Range(0, 28 * 28).Select(_ => (float)(random.NextReal() * 255)).ToArray()).ToList();
        File.WriteAllBytes(scratch["pictures"], [.. pictures.SelectMany(p => p).SelectMany(BitConverter.GetBytes)]);
        var expected = pictures.Select(p => Interpreter.Run(models.DigitsGraph, [Tensor.Of(Scalar.F32, [1, 1, 28, 28], [.. p.Select(x => (double)x)])])[0].ToDoubles()).Select(s => Array.IndexOf(s, s.Max()));
        Assert.Equal(expected, Tool.Run("sh", "-c", $"{scratch["daemon"]} < {scratch["pictures"]}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
    }

    [ToolFact("g++")]
    public void The_headers_are_C_plus_plus_too() => Run("headers.cpp", Both, [Models.FileOf(models.Digits, ".a"), Models.FileOf(models.RowsArtifact, ".a")]);

    [ToolFact("gcc")]
    public void The_pool_gives_the_same_bits_for_any_number_of_threads()
    {
        CProgram.Compile(CProgram.Source("pool.c"), scratch["pool"], [Models.FolderOf(models.Pooled)], Models.FileOf(models.Pooled, ".a"), "-pthread");
        var printed = new[] { "1", "2", "4" }.Select(threads => CProgram.Run(scratch["pool"], [], ("LATHE_THREADS", threads)).Split(' ', 2)).ToList();
        Assert.Equal(["1", "2", "4"], printed.Select(p => p[0]));
        Assert.Single(printed.Select(p => p[1]).Distinct());
    }

    private IEnumerable<string> Both => [Models.FolderOf(models.Digits), Models.FolderOf(models.RowsArtifact)];

    private void Digits(string program, params string[] options) => Run(program, [Models.FolderOf(models.Digits)], [Models.FileOf(models.Digits, ".a"), .. options]);

    private void Run(string program, IEnumerable<string> headers, IEnumerable<string> links)
    {
        CProgram.Compile(CProgram.Source(program), scratch["program"], headers, links);
        Assert.Equal("ok", CProgram.Run(scratch["program"], []));
    }
}
