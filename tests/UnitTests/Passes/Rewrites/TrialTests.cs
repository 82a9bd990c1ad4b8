using Lathe.Ir;
using Lathe.Passes;
using Lathe.Passes.Rewrites;

namespace Lathe.UnitTests.Passes.Rewrites;

/// <summary>Rewrites are tested before they are used: right ones pass, wrong ones are told by a counterexample.</summary>
public sealed class TrialTests
{
    public static TheoryData<string> BuiltIn => [.. BuiltInRewrites.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void Those_that_come_with_the_tool_are_right(string name) => Right(BuiltInRewrites.All.First(r => r.Name == name));

    [Theory]
    [InlineData("match %y = neg(neg(%x)) replace %y = %x")]
    [InlineData("match %y = transpose(transpose(%x, perm=$p), perm=$q) where length($p) == rank(%x) and length($q) == rank(%x) replace %y = transpose(%x, perm=permute($p, $q))")]
    [InlineData("match %y = relu(relu(%x)) replace %y = relu(%x)")]
    [InlineData("match %y = abs($f:neg|abs(%x)) where real(%x) replace %y = abs(%x)")]
    [InlineData("match %y = not(less(%a, %b)) where not real(%a) replace %y = greater_or_equal(%a, %b)")]
    [InlineData("match %s = exp(%x) %y = add(%s, %s) replace %y = mul(%s, 2)")]
    [InlineData("match %y = concat(concat(%a, %b, axis=$i), %rest..., axis=$i) replace %y = concat(%a, %b, %rest..., axis=$i)")]
    [InlineData("match %y = reshape(reshape(%x, %s), [-1]) replace %y = reshape(%x, [-1])")]
    [InlineData("match %y = $m:max|min(%x, %x) replace %y = %x")]
    [InlineData("match %y = mat_mul(%x : tensor<[n, k], _>, @w : tensor<[k, 1], _>) replace %y = reduce_sum(mul(%x, transpose(@w)), [-1])")]
    [InlineData("match %y = cast(%x : tensor<[n], $t>, to=$t) replace %y = %x")]
    public void Right_ones_pass(string text)
    {
        var verdict = Verdict($"rewrite r {{ {text} }}");
        Assert.True(verdict.Outcome is Outcome.Right or Outcome.Slower, $"{verdict.Outcome}: {verdict.Detail}");
        Assert.InRange(verdict.Cases, 8, RewriteTrial.Cases);
    }

    [Theory]
    [InlineData("match %y = mul(mul(%x, 0.5), add(tanh(mul(%c, add(%x, mul(pow(%x, 3.0), %k)))), 1.0)) where approx(%c, 0.7978846) and approx(%k, 0.044715) replace %y = gelu(%x) {approximate = \"tanh\"}")]
    [InlineData("match %y = mul(mul(%x, @a), @b) where dense(@a) and dense(@b) replace %y = mul(%x, mul(@a, @b))")]
    [InlineData("match %y = div(%x, %c) where value(%c) == 3 and real(%x) replace %y = mul(%x, {1 / value(%c)})")]
    [InlineData("match %y = mul(%x, sigmoid(%x)) replace %y = swish(%x)")]
    [InlineData("match %y = div(%a, sqrt(%b)) where real(%a) replace %y = mul(%a, reciprocal(sqrt(%b)))")]
    public void Inexact_ones_may_round_otherwise(string text) => Right(PipelineReader.Read($"rewrite r inexact {{ {text} }}").Rewrites[0]);

    /// <summary>Each looks plausible.</summary>
    [Theory]
    [InlineData("match %y = sub(%x, %x) replace %y = sub(relu(%x), relu(%x))")] // the difference of infinities is no number
    [InlineData("match %y = sqrt(mul(%x, %x)) replace %y = %x")]
    [InlineData("match %y = exp(log(%x)) replace %y = %x")]
    [InlineData("match %y = transpose(transpose(%x, perm=$p), perm=$q) replace %y = transpose(%x, perm=permute($q, $p))")]
    [InlineData("match %y = transpose(transpose(%x)) replace %y = transpose(%x)")]
    [InlineData("match %y = div(%a, %b) replace %y = div(%b, %a)")]
    [InlineData("match %y = relu(neg(%x)) replace %y = neg(relu(%x))")]
    [InlineData("match %y = softmax(%x, axis=$a) replace %y = softmax(%x)")]
    [InlineData("match %y = mul(%x, %c) where value(%c) == 2 replace %y = add(%x, %c)")]
    [InlineData("match %y = cast(cast(%x, to=$t), to=f32) where kind(%x) == f32 replace %y = %x")]
    [InlineData("match %y = concat(%a, %b, axis=$i) replace %y = concat(%b, %a, axis=$i)")]
    [InlineData("match %y = add(mul(%a, %b), %c) replace %y = mul(%a, add(%b, %c))")]
    [InlineData("match %y = not(less(%a, %b)) replace %y = greater(%a, %b)")]
    [InlineData("match %y = not(less(%a, %b)) where real(%a) replace %y = greater_or_equal(%a, %b)")] // NaN
    [InlineData("match %y = max(relu(%x), %z) replace %y = relu(%x)")]
    [InlineData("match %y = mul(mul(%x, %a), %b) replace %y = mul(%x, mul(%a, %b))")] // rounds otherwise
    [InlineData("match %y = reduce_sum(%x, [0], keepdims=0) replace %y = reduce_mean(%x, [0], keepdims=0)")]
    [InlineData("match %y = mat_mul(%a : tensor<[n, n], _>, %b : tensor<[n, n], _>) replace %y = mat_mul(%b, %a)")]
    [InlineData("match %y = reshape(%x : tensor<[n, m], _>, %s) where rank(%y) == 2 replace %y = transpose(%x)")]
    [InlineData("match %y = floor(add(%x, 0.5)) replace %y = round(%x)")]
    [InlineData("match %y = gather(%x : tensor<[n, m], _>, %i, axis=0) where rank(%i) == 1 replace %y = gather(%x, %i, axis=1)")]
    [InlineData("match %y = tanh($f:relu|leaky_relu(%x)) replace %y = $f(tanh(%x))")] // right for relu alone
    public void Wrong_ones_are_told_by_a_counterexample(string text)
    {
        var verdict = Verdict($"rewrite r {{ {text} }}");
        Assert.True(verdict.Outcome == Outcome.Wrong, $"{verdict.Outcome} after {verdict.Cases}: {verdict.Detail}");
        Assert.Contains("expected", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains("graph trial(", verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inexact", "match %y = gelu(%x) replace %y = gelu(%x) {approximate = \"tanh\"}")] // differs by 3e-4
    [InlineData("inexact", "match %y = mul(%x, 0.3333) replace %y = div(%x, 3.0)")]
    [InlineData("inexact", "match %y = mul(%x, sigmoid(%x)) replace %y = mul(%x, tanh(%x))")]
    public void Inexact_is_not_anything(string word, string text) => Assert.Equal(Outcome.Wrong, Verdict($"rewrite r {word} {{ {text} }}").Outcome);

    [Fact]
    public void One_without_end_is_told() => Assert.Equal(Outcome.Endless, Verdict("rewrite r { match %y = add(%a, %b) replace %y = add(%b, %a) }").Outcome);

    [Fact]
    public void One_that_costs_more_is_told()
    {
        var verdict = Verdict("rewrite r inexact { match %y = mul(%x, 3) where real(%x) replace %y = add(%x, log(exp(add(%x, %x)))) }");
        Assert.True(verdict.Outcome == Outcome.Slower, $"{verdict.Outcome}: {verdict.Detail}");
        Assert.Contains("times as long", verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_fits_nothing_is_told() => Assert.Contains("no graph that the pattern fits", Verdict("rewrite r { match %y = relu(%x) where rank(%x) == 100 replace %y = %x }").Detail, StringComparison.Ordinal);

    [Fact]
    public void Both_that_undo_each_other_are_told()
    {
        var pipeline = PipelineReader.Read("rewrite a { match %y = sub(%a, %b) where real(%a) replace %y = add(%a, neg(%b)) }\nrewrite b { match %y = add(%a, neg(%b)) where real(%a) replace %y = sub(%a, %b) }\npipeline p { rewrites }");
        var net = new Net();
        var graph = net.Return(net.Add("y", new Lathe.Ir.Ops.Sub(), net.Input("a", 3), net.Input("b", 3)));
        Assert.Equal("LT3014", Assert.Throws<DiagnosticException>(() => pipeline.Passes[0].Run(new(graph), new(Net.Machine))).Diagnostics[0].Code);
    }

    private static void Right(Rewrite rewrite)
    {
        var verdict = new RewriteTrial(rewrite, Net.Machine).Run();
        Assert.True(verdict.Outcome is Outcome.Right or Outcome.Slower, $"{verdict.Outcome}: {verdict.Detail}");
    }

    private static Verdict Verdict(string text) => new RewriteTrial(PipelineReader.Read(text).Rewrites[0], Net.Machine).Run();
}
