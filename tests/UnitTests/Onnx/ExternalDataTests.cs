using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Weights in other files: found beside the model, never outside its folder.</summary>
public sealed class ExternalDataTests
{
    private static OnnxFile Model(string location, params (string Key, string Value)[] more)
    {
        var tensor = new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, DataLocation = 1, ExternalData = { new StringStringEntryProto { Key = "location", Value = location } } };
        tensor.ExternalData.AddRange(more.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return new OnnxFile().Input("x", 2).Weight(tensor).Node("Add", "x w", "y").Output("y");
    }

    private static byte[] Floats(params float[] numbers) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(numbers).ToArray();

    [Fact]
    public void Data_beside_the_model_is_read_at_its_offset()
    {
        using var file = Model("data/weights.bin", ("offset", "4"), ("length", "8"));
        file.Folder.CreateSubdirectory("data");
        File.WriteAllBytes(Path.Join(file.Folder.FullName, "data", "weights.bin"), Floats(9, 1, 2));
        var weight = Assert.Single(file.Load().Graph.Weights);
        Assert.Equal([1f, 2], weight.Planes[0].ToArray<float>());
    }

    [Fact]
    public void Links_inside_the_folder_are_followed()
    {
        using var file = Model("link.bin");
        File.WriteAllBytes(Path.Join(file.Folder.FullName, "weights.bin"), Floats(1, 2));
        File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "link.bin"), "weights.bin");
        Assert.Single(file.Load().Graph.Weights);
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("sub/../../outside.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("escape.bin")]
    [InlineData("folder/outside.bin")]
    [InlineData("chain.bin")]
    [InlineData(".")]
    public void Data_outside_the_folder_is_never_read(string location)
    {
        using var outside = new OnnxFile();
        File.WriteAllBytes(Path.Join(outside.Folder.FullName, "outside.bin"), Floats(1, 2));
        using var file = Model(location);
        File.WriteAllBytes(Path.Join(file.Folder.Parent!.FullName, "outside.bin"), Floats(1, 2));
        try
        {
            File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "escape.bin"), Path.Join(outside.Folder.FullName, "outside.bin"));
            File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "folder"), outside.Folder.FullName);
            File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "chain.bin"), "folder/../outside.bin");
            Assert.Matches("^LT1107 w: .*outside the model's folder", Assert.Single(file.Faults()));
        }
        finally { File.Delete(Path.Join(file.Folder.Parent!.FullName, "outside.bin")); }
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        using var file = Model("a");
        File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "a"), "b");
        File.CreateSymbolicLink(Path.Join(file.Folder.FullName, "b"), "a");
        Assert.StartsWith("LT1108 w: ", Assert.Single(file.Faults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.bin", "0", "8", "LT1108")]
    [InlineData("weights.bin", "8", "8", "LT1109")]
    [InlineData("weights.bin", "9223372036854775807", "8", "LT1109")]
    [InlineData("weights.bin", "0", "4", "LT1101")]
    [InlineData("weights.bin", "-4", "8", "LT1110")]
    [InlineData("weights.bin", "four", "8", "LT1110")]
    [InlineData("", "0", "8", "LT1110")]
    public void Missing_short_and_senseless_data_is_diagnosed(string location, string offset, string length, string code)
    {
        using var file = Model(location, ("offset", offset), ("length", length));
        File.WriteAllBytes(Path.Join(file.Folder.FullName, "weights.bin"), Floats(1, 2));
        Assert.StartsWith(code + " w: ", Assert.Single(file.Faults()), StringComparison.Ordinal);
    }
}
