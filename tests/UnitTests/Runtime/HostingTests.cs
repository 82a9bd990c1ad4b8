using System.Collections.Immutable;
using Lathe.Runtime.Hosting;

namespace Lathe.UnitTests.Runtime;

/// <summary>Types, tensors and programs of the host.</summary>
public sealed class HostingTests
{
    /// <summary>The list is written out, for trimming; nothing may be forgotten.</summary>
    [Fact]
    public void Every_operator_is_in_the_list()
    {
        var all = typeof(HostOperator).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(HostOperator)));
        Assert.Equal(all.Select(t => t.Name).Order(StringComparer.Ordinal), HostOperators.Standard.List.Select(o => o.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("f32[N, 4]")]
    [InlineData("text[]")]
    [InlineData("sequence(optional(f16[*]))")]
    [InlineData("sequence(map(i64, f32))")]
    [InlineData("map(text, text)")]
    [InlineData("number[?]")]
    public void Types_read_back(string text) => Assert.Equal(text, HostType.Parse(text).ToString());

    [Theory]
    [InlineData("f32[2, 3]", "f32[2, 4]", "f32[2, ?]")]
    [InlineData("f32[2]", "f32[2, 4]", "f32[*]")]
    [InlineData("sequence(nothing)", "sequence(text[2])", "sequence(text[2])")]
    [InlineData("optional(i64[])", "i64[]", "optional(i64[])")]
    public void What_two_types_have_in_common(string one, string other, string common)
    {
        Assert.Equal(common, HostType.Parse(one).Merge(HostType.Parse(other)).ToString());
        Assert.Equal(common, HostType.Parse(other).Merge(HostType.Parse(one)).ToString());
    }

    [Fact]
    public void Text_and_numbers_have_nothing_in_common() => Assert.Throws<HostException>(() => HostType.Parse("text[2]").Merge(HostType.Parse("f32[2]")));

    /// <summary>Four-bit numbers lie two in a byte, and a cut may begin inside one.</summary>
    [Fact]
    public void Tensors_below_a_byte_are_cut_and_joined()
    {
        var node = new HostNode("SplitToSequence", "", "", 1, HostNode.NoAttributes.Add("axis", 1L), HostNode.NoBodies);
        HostValue whole = new HostTensor("u4", [2, 3], [0x21, 0x43, 0x65]);
        var parts = (HostSequence)HostOperators.Standard.Find(node, [whole.Type])!.Run(node, [whole]).Single();
        Assert.Equal([[0x41], [0x52], [0x63]], parts.Items.Select(p => ((HostTensor)p).Bytes));
        var join = node with { Operator = "ConcatFromSequence" };
        Assert.Equal([0x21, 0x43, 0x65], ((HostTensor)HostOperators.Standard.Find(join, [parts.Type])!.Run(join, [parts]).Single()).Bytes);
    }

    [Theory]
    [InlineData("i64", "9007199254740993")]
    [InlineData("u64", "18446744073709551615")]
    [InlineData("f32", "0.1")]
    [InlineData("f64", "-INF")]
    [InlineData("f16", "NaN")]
    public void Numbers_are_text_and_back(string element, string text) => Assert.Equal(text, HostTensor.Parse(element, [1], [text]).ToTexts()[0]);

    [Fact]
    public void Programs_read_back()
    {
        var attributes = HostNode.NoAttributes.Add("axis", -1L).Add("ratio", 2.0).Add("none", double.NaN).Add("wholes", ImmutableArray.Create(1L, 2L)).Add("reals", ImmutableArray.Create(1.0, 0.5))
            .Add("words", ImmutableArray.Create("a", "ü\"")).Add("value", HostTensor.Of([2], 1.5f, -0f));
        var inner = new HostProgram([], [new("y", HostType.Text(["2"]))], ImmutableSortedDictionary.Create<string, HostValue>(StringComparer.Ordinal).Add("y", new HostText([2], ["", "b"])), []);
        var step = new HostStep("", new("If", "", "choice", 1, attributes, HostNode.NoBodies), ["c", ""], ["y"], HostStep.NoRegions.Add("then_branch", inner));
        var program = inner with { Inputs = [new("c", HostType.Tensor("bool", []))], Steps = [new("part0", null, ["c"], ["d"], HostStep.NoRegions), step] };
        var text = HostProgramText.Print(program);
        var read = HostProgramText.Parse(text);
        Assert.Equal(text, HostProgramText.Print(read));
        Assert.Equal(2.0, read.Steps[1].Node!.Attributes["ratio"]);
        Assert.Throws<HostException>(() => HostProgramText.Parse(text.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)));
        Assert.Throws<HostException>(() => HostProgramText.Parse("{}"));
    }
}
