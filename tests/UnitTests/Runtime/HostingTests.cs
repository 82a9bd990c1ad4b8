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
        var attributes = HostNode.NoAttributes.Add("axis", -1L).Add("ratio", 2.0).Add("none", double.NaN).Add("least", double.NegativeInfinity).Add("gaps", ImmutableArray.Create(1.0, double.NaN, double.PositiveInfinity, -0.0)).Add("void", ImmutableArray.Create(double.NaN)).Add("wholes", ImmutableArray.Create(1L, 2L)).Add("reals", ImmutableArray.Create(1.0, 0.5))
            .Add("words", ImmutableArray.Create("a", "ü\"")).Add("value", HostTensor.Of([2], 1.5f, -0f));
        var inner = new HostProgram([], [new("y", HostType.Text(["2"]))], ImmutableSortedDictionary.Create<string, HostValue>(StringComparer.Ordinal).Add("y", new HostText([2], ["", "b"])), []);
        var step = new HostStep("", new("If", "", "choice", 1, attributes, HostNode.NoBodies), ["c", ""], ["y"], HostStep.NoRegions.Add("then_branch", inner));
        var program = inner with { Inputs = [new("c", HostType.Tensor("bool", []))], Steps = [new("part0", null, ["c"], ["d"], HostStep.NoRegions), step] };
        var text = HostProgramText.Print(program);
        var read = HostProgramText.Parse(text);
        Assert.Equal(text, HostProgramText.Print(read));
        foreach (var (name, value) in attributes.Remove("value"))
        {
            var found = read.Steps[1].Node!.Attributes[name];
            Assert.Equal(value.GetType(), found.GetType());
            if (value is System.Collections.IEnumerable) Assert.Equal(((System.Collections.IEnumerable)value).Cast<object>(), ((System.Collections.IEnumerable)found).Cast<object>());
            else Assert.Equal(value, found);
        }
        Assert.Equal(["1", "NaN", "INF", "-0"], read.Steps[1].Node!.Numbers("gaps")!.Value.ToArray());
        Assert.Throws<HostException>(() => HostProgramText.Parse(text.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)));
        Assert.Throws<HostException>(() => HostProgramText.Parse("{}"));
    }

    /// <summary>A package may come from anywhere: what is no type is said, and the process lives on.</summary>
    [Theory]
    [InlineData("x[")]
    [InlineData("[")]
    [InlineData("f32[2)")]
    [InlineData("sequence(")]
    [InlineData("optional()")]
    [InlineData("map(text)")]
    [InlineData("f32(2)")]
    [InlineData("sequence[f32[2]]")]
    public void What_is_no_type_is_refused(string text) => Assert.Throws<HostException>(() => HostType.Parse(text));

    [Fact]
    public void Types_in_types_have_an_end()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("optional(", depth)) + "f32[]" + new string(')', depth);
        Assert.Equal(Nested(40), HostType.Parse(Nested(40)).ToString());
        Assert.Throws<HostException>(() => HostType.Parse(Nested(100_000)));
    }

    /// <summary>Each is one fault in a program that is otherwise right.</summary>
    [Theory]
    [InlineData("text", "no JSON")]
    [InlineData("[]", "a list")]
    [InlineData("""{"version": 0, "inputs": {}, "outputs": {}, "steps": []}""", "a version that never was")]
    [InlineData("""{"version": 1e99, "inputs": {}, "outputs": {}, "steps": []}""", "a version that is no number")]
    [InlineData("""{"version": 1, "inputs": {"x": null}, "outputs": {}, "steps": []}""", "no type")]
    [InlineData("""{"version": 1, "inputs": {"x": "f32[]", "x": "f32[]"}, "outputs": {}, "steps": []}""", "two inputs of one name")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [null]}""", "no step")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": null, "inputs": [], "outputs": []}]}""", "no operator")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": "A", "inputs": [null], "outputs": []}]}""", "no name")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": "A", "inputs": [], "outputs": [], "attributes": {"a": [[1]]}}]}""", "a list in a list")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": "A", "inputs": [], "outputs": [], "attributes": {"a": [1, "b"]}}]}""", "a mixed list")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": "A", "inputs": [], "outputs": [], "attributes": {"a": 1, "a": 2}}]}""", "an attribute twice")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "steps": [{"operator": "A", "inputs": [], "outputs": [], "attributes": {"a": {"real": "word"}}}]}""", "no real")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": [1]}, "steps": []}""", "a list as a constant")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[*]", "bytes": ""}}, "steps": []}""", "no extents")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[-1]", "bytes": ""}}, "steps": []}""", "a negative extent")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[99999999999999999999]", "bytes": ""}}, "steps": []}""", "an extent too large")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[9000000000000000000, 9]", "bytes": ""}}, "steps": []}""", "extents too large together")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[2]", "bytes": "AAAA"}}, "steps": []}""", "too few bytes")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f32[2]", "bytes": "%"}}, "steps": []}""", "no base 64")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "f33[0]", "bytes": ""}}, "steps": []}""", "no kind of number")]
    [InlineData("""{"version": 1, "inputs": {}, "outputs": {}, "constants": {"c": {"type": "sequence(f32[1])", "bytes": ""}}, "steps": []}""", "no tensor")]
    public void What_is_no_program_is_refused(string text, string why) => Assert.True(Record.Exception(() => HostProgramText.Parse(text)) is HostException, why);

    /// <summary>One output may be named twice, as a graph inside may return one value twice.</summary>
    [Fact]
    public void An_output_may_stand_twice() =>
        Assert.Equal(2, HostProgramText.Parse("""{"version": 1, "inputs": {"x": "f32[1]"}, "outputs": {"x": "f32[1]", "x": "f32[1]"}, "steps": []}""").Outputs.Length);

    /// <summary>A loop whose turns nobody counts ends when its caller wants it to.</summary>
    [Fact]
    public void A_loop_without_end_is_cancelled()
    {
        var program = HostProgramText.Parse("""
            {"version": 1, "inputs": {}, "outputs": {"y": "f32[]"}, "constants": {"go": {"type": "bool[]", "bytes": "AQ=="}}, "steps": [
              {"operator": "Loop", "inputs": ["", "go", "go"], "outputs": ["y"], "body": {"inputs": {"i": "i64[]", "c": "bool[]", "v": "bool[]"}, "outputs": {"c": "bool[]", "v": "bool[]"}, "steps": []}}]}
            """);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => program.Run([], HostOperators.Standard, (_, _) => [], source.Token));
    }

    /// <summary>2^53 + 1 is no f64.</summary>
    [Fact]
    public void Whole_numbers_of_maps_stay_exact()
    {
        const long Odd = (1L << 53) + 1;
        var map = new HostMap(HostTensor.Of([2], Odd, Odd - 1), HostTensor.Of([2], Odd, 5L));
        HostTensor Run(string name, string attribute, object value)
        {
            var node = new HostNode(name, "ai.onnx.ml", "", 1, HostNode.NoAttributes.Add(attribute, value), HostNode.NoBodies);
            return (HostTensor)HostOperators.Standard.Find(node, [map.Type])!.Run(node, [map]).Single();
        }
        Assert.Equal([0L, Odd, 5], Run("DictVectorizer", "int64_vocabulary", ImmutableArray.Create(1L, Odd, Odd - 1)).Span<long>().ToArray());
        Assert.Equal([5L, Odd], Run("CastMap", "cast_to", "TO_INT64").Span<long>().ToArray());
    }

    /// <summary>Bytes that a shape does not take would be read past their end, or leave zeros.</summary>
    [Fact]
    public void Tensors_hold_what_their_shape_takes()
    {
        Assert.Equal(2, new HostTensor("u4", [3], [0x21, 0x03]).Bytes.Length);
        Assert.Empty(new HostTensor("f32", [1L << 40, 0, 1L << 40], []).Bytes);
        Assert.Contains("f32[2, 3] takes 24 bytes, 20 are given", Assert.Throws<HostException>(() => new HostTensor("f32", [2, 3], new byte[20])).Message, StringComparison.Ordinal);
        Assert.Throws<HostException>(() => new HostTensor("u4", [3], new byte[3]));
        Assert.Throws<HostException>(() => new HostTensor("f32", [-1, -1], new byte[4]));
        Assert.Throws<HostException>(() => new HostText([2], ["one"]));
        Assert.Throws<HostException>(() => HostTensor.Of([2], 1L));
    }
}
