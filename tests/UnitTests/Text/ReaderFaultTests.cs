using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Text;

/// <summary>What is wrong with a text is said with code, line, column and the nearest thing that would do; nothing a text holds crashes the reader.</summary>
public sealed class ReaderFaultTests
{
    [Theory]
    [InlineData("graph g(%x: tensor<2, f32>) -> tensor<2, f32> {\n  %y = relue(%x) : tensor<2, f32>\n  return %y\n}", "LT3002", "2:8", "did you mean relu?")]
    [InlineData("graph g(%x: tensor<2, f32>) -> tensor<2, f32> {\n  %y = softmax(%x, axs=0) : tensor<2, f32>\n  return %y\n}", "LT3002", "2:20", "did you mean axis?")]
    [InlineData("graph g(%x: tensor<2, f32>) -> tensor<2, f32> {\n  %y = relu(%x, axis=0) : tensor<2, f32>\n  return %y\n}", "LT3002", "2:17", "relu has none")]
    [InlineData("graph g(%xs: tensor<2, f32>) -> tensor<2, f32> {\n  return %x\n}", "LT3002", "2:10", "did you mean %xs?")]
    [InlineData("graph g(%x: tensor<2, f33>) -> tensor<2, f32> {\n  return %x\n}", "LT3002", "1:23", "did you mean f32?")]
    [InlineData("graph g(%x: tensor<[n], f32>) -> tensor<[n], f32> {\n  return %x\n}", "LT3002", "1:21", "where n in 1..")]
    [InlineData("graph g(%x: tensor<2 f32>) -> tensor<2, f32> {\n  return %x\n}", "LT3001", "1:22", "")]
    [InlineData("graph g(%x: tensor<2, f32>) -> tensor<3, f32> {\n  return %x\n}", "LT3008", "1:32", "")]
    [InlineData("graph g(%x: tensor<2, f32>) -> tensor<3, f32> {\n  %y = relu(%x) : tensor<3, f32>\n  return %y\n}", "LT3005", "2:8", "")]
    [InlineData("graph g(%x: tensor<2, f32>, %x: tensor<2, f32>) -> tensor<2, f32> {\n  return %x\n}", "LT3003", "1:29", "")]
    [InlineData("weights {\n  @w : tensor<9, f32> = sha:00ff\n}\ngraph g() -> tensor<9, f32> {\n  return @w\n}", "LT3006", "2:25", "weights beside the text")]
    [InlineData("weights {\n  @w : tensor<2, i8> = [1, 200]\n}\ngraph g() -> tensor<2, i8> {\n  return @w\n}", "LT3004", "2:28", "")]
    [InlineData("kernel k(%x: 2 f32) -> %y: 2 f32 {\n  for i in 2 { %y[i] = exq(%x[i]) }\n}", "LT3002", "2:24", "did you mean exp?")]
    [InlineData("kernel k(%x: 2 f32) -> %y: 2 f32 {\n  for i in 2, vektor j in 2 { %y[i] = %x[j] }\n}", "LT3002", "2:15", "did you mean vector?")]
    [InlineData("kernel k(%x: 2 i32) -> %y: 2 f32 {\n  for i in 2 { %y[i] = %x[i] }\n}", "LT3005", "2:16", "")]
    [InlineData("kernel k(%x: 2 i32) -> %y: 2 i32 {\n  %y[0] = %x[0] + exp(%z[0])\n}", "LT3002", "2:23", "did you mean %x?")]
    [InlineData("kernel k() -> %y: 2 i64 {\n  %y[0] = 99999999999999999999\n}", "LT3004", "2:11", "")]
    public void A_fault_names_place_and_remedy(string text, string code, string place, string remedy)
    {
        var fault = Assert.Throws<DiagnosticException>(() => IrText.Read(text, null, "a.lir")).Diagnostics[0];
        Assert.Equal(code, fault.Code);
        Assert.Equal($"a.lir:{place}", fault.Where);
        Assert.Contains(remedy, fault.Remedy, StringComparison.Ordinal);
        var caret = fault.Message.Split('\n')[^1];
        Assert.Equal(int.Parse(place.Split(':')[1]) + 2, caret.Length);
        Assert.EndsWith("^", caret, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_said_at_once_and_none_twice()
    {
        const string text = """
            graph g(%x: tensor<2, f32>) -> tensor<2, f32> {
              %a = relue(%x) : tensor<2, f32>
              %b = relu(%a) : tensor<2, f32>
              %c = tan(%q) : tensor<2, f32>
              return %b
            }
            """;
        var faults = Assert.Throws<DiagnosticException>(() => IrText.Read(text)).Diagnostics;
        Assert.Equal(["2:8", "4:12"], faults.Select(f => f.Where));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("sum k in 2 { ", " }")]
    [InlineData("max(1, ", ")")]
    [InlineData("%x[", "]")]
    public void Deep_formulas_are_refused(string open, string close) =>
        AssertFault("LT3007", $"kernel k(%x: 2 i64) -> %y: i64 {{\n  %y[] = {string.Concat(Enumerable.Repeat(open, 5000))}0{string.Concat(Enumerable.Repeat(close, 5000))}\n}}");

    [Fact]
    public void Long_sums_and_chains_are_refused_before_they_are_too_deep_to_walk()
    {
        AssertFault("LT3007", $"kernel k(%x: i64) -> %y: i64 {{\n  %y[] = {string.Join(" + ", Enumerable.Repeat("%x[]", 5000))}\n}}");
        AssertFault("LT3007", $"kernel k(%x: i64) -> %y: i64 {{\n  let t0 = %x[] * 2\n{string.Concat(Enumerable.Range(0, 2000).Select(i => $"  let t{i + 1} = t{i} * t{i}\n"))}  %y[] = t2000\n}}");
        AssertFault("LT3007", $"kernel k() -> %y: i64 {{\n  {string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"for i{i} in 2"))} {{ %y[] = 1 }}\n}}");
        AssertFault("LT3007", $"kernel k() -> %y: i64 {{\n  {string.Concat(Enumerable.Range(0, 2000).Select(i => $"scratch %a{i}: f32 in arena\n"))} %y[] = 1\n}}");
        AssertFault("LT3007", $"graph g() -> {string.Concat(Enumerable.Repeat("tensor<a b=", 5000))}");
    }

    [Theory]
    [InlineData("%r = if(%go) : tensor<2, f32> { graph t() -> tensor<2, f32> { ", " return %r } graph e() -> tensor<2, f32> { return %x } }")]
    [InlineData("%r = relu(%x, axis=[", "])")]
    [InlineData("%r = relu(%x, axis=(i8 scale=", ")")]
    [InlineData("%r = fused(%x) : tensor<2, f32> { ", " yield %r }")]
    public void Graphs_and_attributes_ten_thousand_deep_are_refused(string open, string close)
    {
        const int depth = 10_000;
        AssertFault("LT3007", $"graph g(%go: tensor<bool>, %x: tensor<2, f32>) -> tensor<2, f32> {{\n{string.Concat(Enumerable.Repeat(open, depth))}{string.Concat(Enumerable.Repeat(close, depth))}\nreturn %r\n}}");
    }

    [Fact]
    public void Brackets_that_close_nothing_do_not_make_up_for_those_that_open() =>
        AssertFault("LT3007", $"kernel k() -> %y: i64 {{ {new string('}', 20_000)} %y[] = {new string('(', 10_000)}");

    [Theory]
    [InlineData("s: if n < 2 { ", " }")]
    [InlineData("s: loop i in 2 { ", " }")]
    [InlineData("s: if n < 2 { } else { ", " }")]
    public void Steps_ten_thousand_deep_are_refused(string open, string close)
    {
        const int depth = 10_000;
        AssertFault("LT3007", $"program p() -> () {{\n arena 0, least 0\n slots {{ }}\n steps {{ {string.Concat(Enumerable.Repeat(open, depth))}{string.Concat(Enumerable.Repeat(close, depth))} }}\n}}");
    }

    [Theory]
    [InlineData("(", "op(Conv)", ")")]
    [InlineData("not ", "op(Conv)", "")]
    [InlineData("not (", "op(Conv)", ")")]
    public void Selectors_ten_thousand_deep_are_refused(string open, string inner, string close)
    {
        const int depth = 10_000;
        var fault = Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine($"fuse on {string.Concat(Enumerable.Repeat(open, depth))}{inner}{string.Concat(Enumerable.Repeat(close, depth))}"));
        Assert.Equal("LT3007", fault.Diagnostics[0].Code);
    }

    [Property(MaxTest = 300)]
    public void A_spoiled_text_is_a_diagnostic_never_a_crash(int seed)
    {
        var random = new Random(seed);
        var graph = new RandomGraphs(seed).Graph();
        var text = (uint)seed % 3 == 0 ? IrText.Print(new RandomKernels(seed).Kernel()) : (uint)seed % 3 == 1 ? ProgramText.Value : IrText.Print(graph);
        var words = System.Text.RegularExpressions.Regex.Matches(text, @"[\w.]+|\s+|.").Select(m => m.Value).ToList();
        for (var spoils = 1 + random.Next(4); spoils > 0; spoils--)
        {
            var at = random.Next(words.Count);
            if (random.Next(3) == 0) words.RemoveAt(at);
            else if (random.Next(2) == 0) words[at] = words[random.Next(words.Count)];
            else words.Insert(at, random.Next(4) == 0 ? ((char)random.Next(0x3000)).ToString() : words[random.Next(words.Count)]);
            if (words.Count == 0) words.Add("");
        }
        try { IrText.Read(string.Concat(words), new MemoryWeights(IrText.Outside(graph))); }
        catch (DiagnosticException e) { Assert.All(e.Diagnostics, d => Assert.StartsWith("LT3", d.Code, StringComparison.Ordinal)); }
    }

    private static readonly Lazy<string> ProgramText = new(() =>
    {
        var x = new Value("x", new TensorType([Symbol.Of("n", 1, 9), 8], Scalar.F32));
        var graph = new GraphBuilder("main", x);
        return IrText.Print(new Compilation(new Machine("test")).Run(graph.Return(graph.Add("y", new Softmax(), graph.Add("h", new Relu(), x)))));
    });

    private static void AssertFault(string code, string text) => Assert.Equal(code, Assert.Throws<DiagnosticException>(() => IrText.Read(text)).Diagnostics[0].Code);
}
