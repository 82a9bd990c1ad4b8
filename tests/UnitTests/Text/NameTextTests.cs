using FsCheck.Xunit;
using Lathe.Ir;

namespace Lathe.UnitTests.Text;

public sealed class NameTextTests
{
    [Property]
    public void Quotes_hold_any_text(string? text) => Assert.Equal(text ?? "", NameText.Unquoted(NameText.Quoted(text ?? "")));

    [Fact]
    public void Half_a_surrogate_pair_survives_a_file() => Assert.Equal("\"\\ud800x\"", NameText.Quoted("\ud800x"));

    [Theory]
    [InlineData("conv1", "conv1", "conv1")]
    [InlineData("/layer/0/Conv", "/layer/0/Conv", "\"/layer/0/Conv\"")]
    [InlineData("x:0", "x:0", "\"x:0\"")]
    [InlineData("12", "12", "\"12\"")]
    [InlineData("in", "in", "\"in\"")]
    [InlineData("t3", "t3", "\"t3\"")]
    [InlineData("x:", "\"x:\"", "\"x:\"")]
    [InlineData("a b", "\"a b\"", "\"a b\"")]
    [InlineData("", "\"\"", "\"\"")]
    [InlineData("tab\t", "\"tab\\u0009\"", "\"tab\\u0009\"")]
    public void Names_are_quoted_where_they_could_be_misread(string name, string sigiled, string bare)
    {
        Assert.Equal(sigiled, NameText.Sigiled(name));
        Assert.Equal(bare, NameText.Bare(name));
    }
}
