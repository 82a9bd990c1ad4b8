using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Passes;
using Lathe.Passes.Selectors;
using Op = Lathe.Passes.Selectors.Op;

namespace Lathe.UnitTests.Passes;

public sealed class PipelineTests
{
    private static readonly Seq<Selector> Criteria =
    [
        new Op([OperatorName.Parse("Conv"), OperatorName.Parse("mat_mul")]), new Name([new Glob("/layers/3/*"), new Glob("\"?\\")]), new Match([new Glob("*é*")]),
        new Size([ByteBound.Parse("> 1.5KB"), ByteBound.Parse("<=3GiB"), ByteBound.Parse(">= 0")]), new Lathe.Passes.Selectors.Type([FormatName.Parse("f32")]),
    ];

    private static readonly Seq<string> Texts = ["true", "x86-64-v3", "seq=1..512", "", "8", "if", "a \"b\"\\", "é,ü"];

    [Property]
    public void What_prints_reads_back_equal(int seed, string? name)
    {
        var random = new Random(seed);
        var passes = PassList.All();
        var some = passes.Where(_ => random.Next(3) > 0).Select(p => p.TakesSelector && random.Next(2) == 0 ? p with { On = Selected(random, 3) } : p)
            .Select(p => p is Fuse fuse ? fuse with { Repeat = random.Next(-5, 50) } : p);
        var pipeline = new Pipeline(name ?? "", [.. some], [.. Enumerable.Range(0, random.Next(3)).Select(_ => Selected(random, 2))])
        {
            Settings = [.. new[] { "cpu", "dim", "exact", "autotune" }.Where(_ => random.Next(2) == 0).Select(s => new Setting(s, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Texts[random.Next(Texts.Count)])]))],
        };
        var read = PipelineReader.Read(pipeline.Print());
        Assert.Equal(pipeline, read);
        Assert.Equal(pipeline.Print(), read.Print());
        Assert.Equal(pipeline.Passes, PipelineReader.ReadLine(pipeline.ToString()).Passes);
    }

    /// <summary>A word of the language is a name in quotes.</summary>
    [Theory]
    [InlineData("_", "\"_\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("tensor", "\"tensor\"")]
    [InlineData("_x", "_x")]
    [InlineData("online", "online")]
    public void A_name_that_a_reader_could_take_for_a_word_is_quoted(string name, string printed)
    {
        var pipeline = new Pipeline(name, [], []);
        Assert.StartsWith($"pipeline {printed} {{", pipeline.Print(), StringComparison.Ordinal);
        Assert.Equal(pipeline, PipelineReader.Read(pipeline.Print()));
    }

    [Fact]
    public void The_default_is_every_pass_as_it_is() => Assert.Equal(PassList.All(), Pipeline.Default.Run);

    [Fact]
    public void Options_are_read_by_the_type_of_their_parameter()
    {
        var text = "asked(encoding=\"row_scaled\", method=obs, levels=[1, 2], energy=0.98, pattern=2:4, files=\"calib/*.npz\") on op(MatMul)";
        var exception = Record.Exception(() => PipelineReader.ReadLine(text, "", typeof(Asked).Assembly));
        var fault = Assert.Single(Assert.IsType<DiagnosticException>(exception).Diagnostics); // row_scaled is a format of the tests' own
        Assert.Contains("'row_scaled' is no weight format: no encoding row_scaled", fault.Message, StringComparison.Ordinal);
        var pass = Assert.Single(PipelineReader.ReadLine(text.Replace("row_scaled", "f16", StringComparison.Ordinal), "", typeof(Asked).Assembly).Passes);
        Assert.Equal(new Asked(new Dense(Scalar.F16), Method.Obs, [1, 2], 0.98, new Pattern(2, 4), "calib/*.npz") { On = new Op([OperatorName.Parse("MatMul")]) }, pass);
        Assert.Equal("asked(encoding=\"f16\", method=obs, levels=[1, 2], energy=0.98, pattern=2:4, files=\"calib/*.npz\") on op(mat_mul)", pass.ToString());
    }

    [Fact]
    public void A_pass_that_waits_to_be_asked_is_known_and_not_run()
    {
        Assert.DoesNotContain(PassList.All(typeof(Asked).Assembly), p => p is Asked);
        Assert.Contains("asked", PassList.Known([typeof(Asked).Assembly]).Keys);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("/a/*", "/a/b/c", true)]
    [InlineData("/a/*", "/b/a/c", false)]
    [InlineData("*/mlp/*", "/layers/3/mlp/fc1", true)]
    [InlineData("?x", "ax", true)]
    [InlineData("?x", "x", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a.c", "abc", false)]
    public void A_glob_covers_whole_names(string pattern, string name, bool covers) => Assert.Equal(covers, new Glob(pattern).Covers(name));

    [Fact]
    public void A_hostile_glob_takes_no_time() => Assert.False(new Glob(string.Concat(Enumerable.Repeat("*a", 200))).Covers(new string('a', 199)));

    [Fact]
    public void Criteria_look_at_the_step()
    {
        var net = new Net();
        var (x, w) = (net.Input("x", 4, 8), net.Weight("layers.3.w", 8, 16));
        var graph = net.Return(net.Add("/l3/y", new Lathe.Ir.Ops.Relu(), net.Add("/l3/p", new Lathe.Ir.Ops.MatMul(), x, w)));
        Assert.Equal("/l3/p", Selected(graph, "op(MatMul)"));
        Assert.Equal("/l3/y", Selected(graph, "not op(mat_mul)"));
        Assert.Equal("/l3/p /l3/y", Selected(graph, "name(\"/l3/*\")"));
        Assert.Equal("/l3/p", Selected(graph, "match(\"layers.3.*\")"));
        Assert.Equal("", Selected(graph, "name(\"layers.3.*\")"));
        Assert.Equal("/l3/p", Selected(graph, "size(> 511B)"));
        Assert.Equal("/l3/y", Selected(graph, "size(<= 511B) and type(f32)"));
        Assert.Equal("", Selected(graph, "type(i8) or op(Conv) and op(Relu)"));
    }

    private static string Selected(Graph graph, string selector)
    {
        var on = PipelineReader.ReadLine($"fuse on {selector}").Passes[0].On!;
        return string.Join(" ", graph.Nodes.Where(on.Selects).Select(n => n.Result.Name));
    }

    /// <summary>A selector as the reader builds them: no list of one, no list directly in one of its kind.</summary>
    private static Selector Selected(Random random, int depth) => depth == 0 ? Criteria[random.Next(Criteria.Count)] : random.Next(4) switch
    {
        0 => new All([new Not(Selected(random, depth - 1)), Criteria[random.Next(Criteria.Count)]]),
        1 => new Any([Criteria[random.Next(Criteria.Count)], new All([Criteria[0], new Any([Criteria[1], Criteria[2]])])]),
        2 => new Not(Selected(random, depth - 1)),
        _ => Criteria[random.Next(Criteria.Count)],
    };
}

public enum Method { Gptq, Obs }

public sealed record Pattern(int Kept, int Of)
{
    public static Pattern Parse(string text) => text.Split(':') is [var kept, var of] ? new(int.Parse(kept, System.Globalization.CultureInfo.InvariantCulture), int.Parse(of, System.Globalization.CultureInfo.InvariantCulture)) : throw new FormatException($"'{text}' is no pattern");
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Kept}:{Of}");
}

/// <summary>A pass of a plugin, with options of every kind that a compression pass has.</summary>
public sealed record Asked(Encoding Encoding, Method Method = Method.Gptq, Seq<int> Levels = default, double Energy = 1, Pattern? Pattern = null, string Files = "") : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;
    protected override Graph Run(Graph graph, Compilation compilation) => graph;
}
