using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Files that are no models, or models cut, damaged or made up: each ends in a diagnostic, never in anything else.</summary>
public sealed class HostileFileTests
{
    private static string Load(byte[] contents)
    {
        using var file = new OnnxFile();
        File.WriteAllBytes(file.FilePath, contents);
        try { return OnnxModel.Load(file.FilePath).Graph.Name; }
        catch (DiagnosticException e) { return string.Join("\n", e.Diagnostics); }
    }

    private static byte[] Small()
    {
        using var file = new OnnxFile();
        return file.Input("x", 1, 2).Weight("w", 2, 3).Node("MatMul", "x w", "y").Node("Relu", "y", "z").Output("z").Model.ToByteArray();
    }

    [Theory]
    [InlineData("", "LT1002")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "git lfs pull")]
    [InlineData("PK\u0003\u0004xxxx", "torch.onnx.export")]
    [InlineData("<!DOCTYPE html>", "LT1003")]
    [InlineData("hello, world", "LT1003")]
    [InlineData("\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f", "LT1003")]
    public void What_is_no_model_is_said_to_be_none(string contents, string message) => Assert.Contains(message, Load(System.Text.Encoding.Latin1.GetBytes(contents)), StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_and_a_folder_are_diagnosed()
    {
        using var file = new OnnxFile();
        Assert.Contains("LT1001", Assert.Throws<DiagnosticException>(() => OnnxModel.Load(file.FilePath)).Message, StringComparison.Ordinal);
        Assert.Contains("it is a folder", Assert.Throws<DiagnosticException>(() => OnnxModel.Load(file.Folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_model_is_the_model()
    {
        using var file = new OnnxFile();
        File.WriteAllBytes(Path.Join(file.Folder.FullName, "elsewhere"), Small());
        File.CreateSymbolicLink(file.FilePath, "elsewhere");
        Assert.Equal("main", OnnxModel.Load(file.FilePath).Graph.Name);
    }

    [Fact]
    public void A_model_cut_anywhere_is_diagnosed()
    {
        var whole = Small();
        Assert.Equal("main", Load(whole));
        for (var length = 0; length < whole.Length; length++) Assert.Contains("LT1", Load(whole[..length]), StringComparison.Ordinal);
        Assert.Contains("LT1004", Load(whole[..(whole.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_never_end_in_anything_but_a_model_or_a_diagnostic()
    {
        var (whole, random) = (Small(), new Random(7));
        for (var i = 0; i < 2000; i++)
        {
            var damaged = whole.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Load(damaged);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })] // a graph of 2^63 - 1 bytes
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // of 2^64 - 1
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0x04, 0x2A, 0x7F, 0x4A, 0x7F })] // an initializer longer than its graph
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0x04, 0x2A, 0x02, 0x4A, 0x7F })] // raw_data longer than its tensor
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0x04, 0x0A, 0x02, 0x0A, 0x7F })] // a name longer than its node
    [InlineData(new byte[] { 0x08, 0x08, 0x3A, 0x02, 0x03, 0x04 })] // a group, which no field is
    [InlineData(new byte[] { 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })] // a number without end
    public void Lengths_that_cannot_be_are_diagnosed(byte[] contents) => Assert.Matches("LT100[345]", Load(contents));

    /// <summary>Fields inside one another, the innermost first.</summary>
    private static byte[] Nested(IEnumerable<byte> tags)
    {
        // From the back, as each length is known only after what it holds.
        var (bytes, length) = (new List<byte>(), 0);
        foreach (var tag in tags)
        {
            var head = new List<byte> { tag };
            for (var rest = length; ; rest >>= 7)
            {
                head.Add((byte)(rest > 127 ? rest & 127 | 128 : rest));
                if (rest <= 127) break;
            }
            head.Reverse();
            bytes.AddRange(head);
            length = bytes.Count;
        }
        bytes.Reverse();
        return [.. bytes];
    }

    [Theory]
    [InlineData(300, new byte[] { 0x32, 0x2A, 0x0A }, new byte[0])] // graph.node = 1, node.attribute = 5, attribute.g = 6, in turn
    [InlineData(10_000, new byte[] { 0x32, 0x2A, 0x0A }, new byte[0])]
    [InlineData(10_000, new byte[] { 0x5A, 0x2A, 0x0A }, new byte[0])] // attribute.graphs = 11
    [InlineData(10_000, new byte[] { 0x0A, 0x22 }, new byte[] { 0x12, 0x5A })] // graph.input = 11, its type = 2, which is a sequence = 4 of elements = 1
    public void Messages_nested_without_end_are_diagnosed(int times, byte[] inner, byte[] outer)
    {
        var nested = Nested([.. Enumerable.Repeat(inner, times).SelectMany(tags => tags), .. outer]);
        var model = new MemoryStream();
        var writer = new CodedOutputStream(model);
        writer.WriteRawTag(0x08);
        writer.WriteInt64(8);
        writer.WriteRawTag(0x3A);
        writer.WriteBytes(ByteString.CopyFrom(nested));
        writer.Flush();
        Assert.Contains("LT1006", Load(model.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 21, "LT1007")]
    public void Formats_too_old_are_diagnosed(long ir, long opset, string code)
    {
        using var file = new OnnxFile().Opset(opset).Input("x", 2).Node("Relu", "x", "y").Output("y");
        file.Model.IrVersion = ir;
        Assert.StartsWith(code, Assert.Single(file.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_newer_than_known_are_read_with_a_warning()
    {
        using var file = new OnnxFile().Opset(99).Input("x", 2).Node("Relu", "x", "y").Output("y");
        file.Model.IrVersion = 99;
        Assert.Equal(["LT1008", "LT1010"], file.Load().Warnings.Select(w => w.Code));
    }

    [Fact]
    public void Names_that_are_not_text_are_read_with_a_warning()
    {
        using var file = new OnnxFile().Input("x", 2).Node("Relu", "x", "yyyy").Output("yyyy");
        var contents = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file.Save())).Replace("yyyy", "y\u00ff\u00feq", StringComparison.Ordinal);
        File.Delete(file.FilePath);
        File.WriteAllBytes(file.FilePath, System.Text.Encoding.Latin1.GetBytes(contents));
        var result = OnnxModel.Load(file.FilePath);
        Assert.Equal("LT1012", Assert.Single(result.Warnings).Code);
        Assert.Equal("y\ufffd\ufffdq", result.Graph.Outputs[0].Name);
    }

    [Fact]
    public void Weights_beyond_two_gibibytes_are_read_where_they_lie()
    {
        using var file = new OnnxFile();
        var prefix = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 21 } } }.ToByteArray();
        var tail = new GraphProto { Name = "large", Input = { OnnxFile.Typed("x", 2, 8) }, Output = { new ValueInfoProto { Name = "y" } }, Initializer = { new TensorProto { Name = "small", DataType = 2, Dims = { 8 }, RawData = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8) } } };
        tail.Node.Add(OnnxFile.NodeOf("Add", "x small", "y"));
        const long size = 3L << 30;
        using (var stream = File.Create(file.FilePath))
        {
            void Tag(byte tag, long length)
            {
                stream.WriteByte(tag);
                for (; length > 127; length >>= 7) stream.WriteByte((byte)(length & 127 | 128));
                stream.WriteByte((byte)length);
            }
            var header = new TensorProto { Name = "large", DataType = 2, Dims = { size } }.ToByteArray();
            var (raw, rest) = (size + 6, tail.ToByteArray()); // tag and five bytes of length before the data
            var tensor = header.Length + raw;
            stream.Write(prefix);
            Tag(0x3A, tensor + 6 + rest.Length);
            Tag(0x2A, tensor);
            stream.Write(header);
            Tag(0x4A, size);
            stream.Seek(size, SeekOrigin.Current); // a hole: the file takes no room
            stream.Write(rest);
        }
        Assert.True(new FileInfo(file.FilePath).Length > size);
        var before = GC.GetTotalAllocatedBytes();
        var weight = Assert.Single(OnnxModel.Load(file.FilePath).Graph.Weights);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], weight.Planes[0].ToArray<byte>());
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }
}
