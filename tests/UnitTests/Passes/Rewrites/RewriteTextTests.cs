using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Passes;
using Lathe.Passes.Rewrites;

namespace Lathe.UnitTests.Passes.Rewrites;

public sealed class RewriteTextTests
{
    [Property(MaxTest = 300)]
    public void What_prints_reads_back_equal(int seed)
    {
        var rewrite = new RandomRewrites(seed).Rewrite();
        var read = Assert.Single(PipelineReader.Read(rewrite.ToString()).Rewrites);
        Assert.Equal(rewrite.ToString(), read.ToString());
        Assert.Equal(rewrite, read);
    }

    [Fact]
    public void A_pipeline_prints_its_rewrites_and_names_them()
    {
        var pipeline = PipelineReader.Read("rewrite twice { match %y = neg(neg(%x)) replace %y = %x }\npipeline p { simplify twice on op(Neg), rewrites }");
        Assert.Equal("simplify, twice on op(neg), rewrites", pipeline.ToString());
        Assert.Equal(pipeline, PipelineReader.Read(pipeline.Print()));
    }

    [Theory]
    [InlineData("rewrite r { match %y = nag(%x) replace %y = %x }", "LT3002", "did you mean neg?")]
    [InlineData("rewrite r { match %y = softmax(%x, axs=1) replace %y = %x }", "LT3002", "did you mean axis?")]
    [InlineData("rewrite r { match %y = concat(%x) replace %y = %x }", "LT3004", "write axis=$a, or $f:concat(…) for any attributes")]
    [InlineData("rewrite r { match %y = relu|tanh(%x) replace %y = %x }", "LT3011", "write $f:relu|tanh(…)")]
    [InlineData("rewrite r { match %y = $f(%x) replace %y = %x }", "LT3011", "in a pattern write $f:relu|tanh(…)")]
    [InlineData("rewrite r { match %y = relu(%x) replace %y = $f:relu(%x) }", "LT3011", "write $f(…) for the one that was found")]
    [InlineData("rewrite r { match %y = relu(%x) replace %y = neg|abs(%x) }", "LT3011", "")]
    [InlineData("rewrite r { match %y = relu({1}) replace %y = relu({1}) }", "LT3011", "")]
    [InlineData("rewrite r { match %y = %x replace %y = %x }", "LT3011", "write %y = relu(%x)")]
    [InlineData("rewrite r { match %a = abs(%x) %y = neg(%z) replace %y = %z }", "LT3011", "the last step of a pattern reads all others")]
    [InlineData("rewrite r { match %a = abs(%b) %b = neg(%x) %y = exp(%a) replace %y = %x }", "LT3011", "write steps in the order that they run")]
    [InlineData("rewrite r { match %y = neg(%y) replace %y = %y }", "LT3011", "write steps in the order that they run")]
    [InlineData("rewrite r { match %y = relu(%x) replace %z = %x }", "LT3011", "write %y = … behind replace")]
    [InlineData("rewrite r { match %y = relu(%x) replace %y = %xx }", "LT3002", "did you mean %x?")]
    [InlineData("rewrite r { match %y = relu(%x) replace %y = $g(%x) }", "LT3002", "the pattern does not name it")]
    [InlineData("rewrite r { match %y = sum(%xs..., %x) replace %y = %x }", "LT3011", "")]
    [InlineData("rewrite r { match %y = relu(%x) where rank(%other) == 1 replace %y = %x }", "LT3002", "the pattern does not name it")]
    [InlineData("rewrite r { match %y = relu(%x) where rang(%x) == 1 replace %y = %x }", "LT3002", "did you mean range?")]
    [InlineData("rewrite r { match %y = relu(%x) where rank(%x, 1) == 1 replace %y = %x }", "LT3004", "")]
    [InlineData("rewrite r { match %y = relu(%x) where n == 1 replace %y = %x }", "LT3002", "extents are named in types of the pattern; words of attributes stand in quotes")]
    [InlineData("rewrite r { match %y = relu(%x : tensor<[f32], _>) replace %y = %x }", "LT3004", "")]
    [InlineData("rewrite r { match %y = relu(%x : tensor<[...,...], _>) replace %y = %x }", "LT3011", "")]
    [InlineData("rewrite r { match %y = relu(%x : tensor<[n], g32>) replace %y = %x }", "LT3002", "did you mean f32?")]
    [InlineData("rewrite r { match %y = relu(%x) replace %y = abs(%x : tensor<f32>) }", "LT3011", "")]
    [InlineData("rewrite r { match %y = mul(%x, 1e999) replace %y = %x }", "LT3004", "")]
    [InlineData("rewrite r { match %y = relu(%x) where %x.axis == 1 replace %y = %x }", "LT3011", "")]
    [InlineData("rewrite r { match %y = relu(%x) }", "LT3001", "")]
    [InlineData("rewrite simplify { match %y = relu(%x) replace %y = %x }", "LT3003", "a rewrite is named in pipelines as passes are: call it otherwise")]
    [InlineData("rewrite r { match %y = neg(neg(%x)) replace %y = %x } rewrite r { match %y = neg(neg(%x)) replace %y = %x }", "LT3003", "")]
    [InlineData("pipeline p { rewrites }", "LT3002", "this file has no rewrites")]
    [InlineData("rewrite r { match %y = neg(neg(%x)) replace %y = %x } pipeline p { r(sweeps=1) }", "LT3004", "")]
    [InlineData("include \"other\" pipeline p { simplify }", "LT3011", "a path is relative to the file that includes it")]
    [InlineData("pipeline p(a=1) { simplify(sweeps=$b) }", "LT3002", "did you mean $a?")]
    [InlineData("pipeline p(a=1, a=2) { simplify }", "LT3003", "")]
    [InlineData("pipeline p { if cpu(\"x\") { simplify } }", "LT3011", "")]
    [InlineData("pipeline p { if cpy(\"x\") { simplify } }", "LT3002", "did you mean cpu?")]
    public void A_fault_names_what_would_do(string text, string code, string remedy)
    {
        var fault = Assert.Throws<DiagnosticException>(() => PipelineReader.Read(text, "a.recipe")).Diagnostics[0];
        Assert.Equal(code, fault.Code);
        Assert.Contains("a.recipe:1:", fault.Where, StringComparison.Ordinal);
        Assert.Equal(remedy, remedy == "" ? "" : fault.Remedy);
    }

    [Fact]
    public void Files_are_included_with_parameters_and_conditions()
    {
        var files = new Dictionary<string, string>
        {
            ["small"] = "rewrite twice { match %y = neg(neg(%x)) replace %y = %x }\npipeline small(sweeps=3, where=\"*\") { simplify(sweeps=$sweeps) on name($where), twice }",
            ["loop"] = "pipeline loop { include \"loop\" }",
            ["wrong"] = "pipeline wrong { simplyfy }",
        };
        PipelineSetting Here(string cpu) => new() { Open = files.GetValueOrDefault, Target = () => new("x86_64", cpu, "linux", Objective.Speed, false) };
        const string Text = "pipeline big { include \"small\"(sweeps=-5) on op(Relu); if cpu(\"x86-64-v*\") and not objective(size) { fuse } else { fuse(repeat=2) } }";
        Assert.Equal("simplify(sweeps=-5) on name(\"*\") and op(relu), twice on op(relu), fuse", PipelineReader.Read(Text, "a", Here("x86-64-v3")).ToString());
        Assert.EndsWith("fuse(repeat=2)", PipelineReader.Read(Text, "a", Here("zen4")).ToString(), StringComparison.Ordinal);
        Assert.Equal("simplify(sweeps=3) on name(\"*\")", PipelineReader.ReadLine("include \"small\"", "a", Here("")).ToString().Split(", twice")[0]);
        Assert.Contains("loop includes loop", Assert.Throws<DiagnosticException>(() => PipelineReader.Read("include \"loop\"", "a", Here(""))).Message, StringComparison.Ordinal);
        Assert.Equal("wrong:1:18", Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine("include \"wrong\"", "a", Here(""))).Diagnostics[0].Where);
        Assert.Contains("no parameter swoops", Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine("include \"small\"(swoops=1)", "a", Here(""))).Message, StringComparison.Ordinal);
    }
}
