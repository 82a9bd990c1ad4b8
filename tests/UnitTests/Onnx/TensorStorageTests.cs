using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Every form in which ONNX stores a tensor.</summary>
public sealed class TensorStorageTests
{
    private static TensorContents Read(TensorProto tensor) => new TensorReader(new ExternalFiles("/")).Read(tensor, "w");

    private static TensorProto Tensor(Scalar kind, params long[] dims) => new() { DataType = ElementKinds.Number(kind), Dims = { dims } };

    private static double[] Numbers(TensorProto tensor)
    {
        var read = Read(tensor);
        return Ir.Numbers.Unpack(read.Kind, read.Data, read.Count);
    }

    private static string Fault(TensorProto tensor) => Assert.Single(Assert.Throws<DiagnosticException>(() => Read(tensor)).Diagnostics).ToString();

    [Fact]
    public void Floats_lie_in_float_data()
    {
        var tensor = Tensor(Scalar.F32, 3);
        tensor.FloatData.AddRange([1.5f, -0f, float.Epsilon]);
        Assert.Equal([1.5, -0.0, float.Epsilon], Numbers(tensor));
    }

    [Fact]
    public void Doubles_lie_in_double_data()
    {
        var tensor = Tensor(Scalar.F64, 2, 1);
        tensor.DoubleData.AddRange([Math.PI, double.NegativeInfinity]);
        Assert.Equal([Math.PI, double.NegativeInfinity], Numbers(tensor));
    }

    [Fact]
    public void Long_whole_numbers_lie_in_int64_data()
    {
        var tensor = Tensor(Scalar.I64, 2);
        tensor.Int64Data.AddRange([long.MinValue, long.MaxValue]);
        var read = Read(tensor);
        Assert.Equal([long.MinValue, long.MaxValue], read.Data.ToArray<long>());
    }

    [Fact]
    public void Unsigned_whole_numbers_lie_in_uint64_data()
    {
        var wide = Tensor(Scalar.U64, 1);
        wide.Uint64Data.Add(ulong.MaxValue);
        Assert.Equal([ulong.MaxValue], Read(wide).Data.ToArray<ulong>());
        var narrow = Tensor(Scalar.U32, 2);
        narrow.Uint64Data.AddRange([uint.MaxValue, 7]);
        Assert.Equal([uint.MaxValue, 7], Numbers(narrow));
        narrow.Uint64Data[0] = 1UL << 32;
        Assert.Contains("LT1106", Fault(narrow), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Scalar.I32, new[] { int.MinValue, 5 }, new double[] { int.MinValue, 5 })]
    [InlineData(Scalar.I16, new[] { -32768, 32767 }, new double[] { -32768, 32767 })]
    [InlineData(Scalar.U16, new[] { 65535, 1 }, new double[] { 65535, 1 })]
    [InlineData(Scalar.I8, new[] { -128, 127 }, new double[] { -128, 127 })]
    [InlineData(Scalar.U8, new[] { 255, 0 }, new double[] { 255, 0 })]
    [InlineData(Scalar.Bool, new[] { 1, 0 }, new double[] { 1, 0 })]
    [InlineData(Scalar.F16, new[] { 0x3C00, 0xC000 }, new double[] { 1, -2 })]
    [InlineData(Scalar.BF16, new[] { 0x3F80, 0xC000 }, new double[] { 1, -2 })]
    [InlineData(Scalar.F8E4M3FN, new[] { 0x38, 0xC0 }, new double[] { 1, -2 })]
    [InlineData(Scalar.F8E5M2, new[] { 0x3C, 0xC0 }, new double[] { 1, -2 })]
    [InlineData(Scalar.F8E4M3FNUZ, new[] { 0x40, 0xC8 }, new double[] { 1, -2 })]
    [InlineData(Scalar.F8E5M2FNUZ, new[] { 0x40, 0xC4 }, new double[] { 1, -2 })]
    [InlineData(Scalar.F8E8M0, new[] { 127, 128 }, new double[] { 1, 2 })]
    public void Narrow_kinds_lie_in_int32_data_one_in_each(Scalar kind, int[] stored, double[] numbers)
    {
        var tensor = Tensor(kind, stored.Length);
        tensor.Int32Data.AddRange(stored);
        Assert.Equal(numbers, Numbers(tensor));
    }

    [Theory]
    [InlineData(Scalar.U4, 3, new[] { 0xF1, 0x07 }, new double[] { 1, 15, 7 })]
    [InlineData(Scalar.I4, 3, new[] { 0xF1, 0x08 }, new double[] { 1, -1, -8 })]
    [InlineData(Scalar.F4E2M1, 2, new[] { 0xA2 }, new double[] { 1, -1 })]
    [InlineData(Scalar.U2, 5, new[] { 0b11_10_01_00, 2 }, new double[] { 0, 1, 2, 3, 2 })]
    [InlineData(Scalar.I2, 4, new[] { 0b11_10_01_00 }, new double[] { 0, 1, -2, -1 })]
    public void Kinds_below_a_byte_are_packed_from_the_low_bits(Scalar kind, int count, int[] stored, double[] numbers)
    {
        var typed = Tensor(kind, count);
        typed.Int32Data.AddRange(stored);
        Assert.Equal(numbers, Numbers(typed));
        var raw = Tensor(kind, count);
        raw.RawData = ByteString.CopyFrom([.. stored.Select(s => (byte)s)]);
        Assert.Equal(numbers, Numbers(raw));
    }

    [Fact]
    public void Complex_numbers_are_pairs()
    {
        var tensor = Tensor(Scalar.C64, 2);
        tensor.FloatData.AddRange([1, 2, 3, 4]);
        Assert.Equal([1f, 2, 3, 4], Read(tensor).Data.ToArray<float>());
        var wide = Tensor(Scalar.C128, 1);
        wide.DoubleData.AddRange([1, 2]);
        Assert.Equal([1.0, 2], Read(wide).Data.ToArray<double>());
    }

    [Fact]
    public void Text_lies_in_string_data()
    {
        var tensor = Tensor(Scalar.String, 2);
        tensor.StringData.AddRange([ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("ü")]);
        Assert.Equal(["a", "ü"], Read(tensor).Text);
        tensor.Dims[0] = 3;
        Assert.Contains("string_data holds 2", Fault(tensor), StringComparison.Ordinal);
    }

    [Fact]
    public void Bools_other_than_one_become_one()
    {
        var tensor = Tensor(Scalar.Bool, 3);
        tensor.RawData = ByteString.CopyFrom(0, 255, 1);
        Assert.Equal([0, 1, 1], Read(tensor).Data.ToArray<byte>());
    }

    [Fact]
    public void A_tensor_with_an_axis_of_none_needs_no_data()
    {
        Assert.Equal(0, Read(Tensor(Scalar.F32, 3, 0)).Count);
        Assert.Equal(1, Read(new() { DataType = 1, FloatData = { 2 } }).Count);
    }

    [Fact]
    public void Data_must_fill_the_dims()
    {
        var raw = Tensor(Scalar.F32, 2, 3);
        raw.RawData = ByteString.CopyFrom(new byte[23]);
        Assert.Contains("tensor<2x3, f32> needs 24 bytes, raw_data holds 23", Fault(raw), StringComparison.Ordinal);
        var typed = Tensor(Scalar.F32, 2);
        typed.FloatData.Add(1);
        Assert.Contains("needs 2 numbers, float_data holds 1", Fault(typed), StringComparison.Ordinal);
        Assert.Contains("needs 2 elements, no field holds 0", Fault(Tensor(Scalar.I64, 2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { -1L })]
    [InlineData(new[] { 1L << 40, 1L << 40 })]
    [InlineData(new[] { long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue })]
    [InlineData(new[] { 0L, -5 })]
    public void Dims_that_are_no_shape_are_refused(long[] dims)
    {
        Assert.Contains("LT1102", Fault(Tensor(Scalar.F32, dims)), StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_and_forms_that_do_not_go_together_are_refused()
    {
        Assert.Contains("LT1103", Fault(new() { DataType = 99 }), StringComparison.Ordinal);
        Assert.Contains("LT1103", Fault(new()), StringComparison.Ordinal);
        Assert.Contains("LT1105", Fault(new() { DataType = ElementKinds.Number(Scalar.F16), Dims = { 1 }, FloatData = { 1 } }), StringComparison.Ordinal);
        Assert.Contains("LT1104", Fault(new() { DataType = 1, Dims = { 1 }, FloatData = { 1 }, RawData = ByteString.CopyFrom(1, 2, 3, 4) }), StringComparison.Ordinal);
        Assert.Contains("element 1 is 300", Fault(new() { DataType = ElementKinds.Number(Scalar.U8), Dims = { 2 }, Int32Data = { 1, 300 } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_tensors_are_written_out()
    {
        var sparse = new SparseTensorProto { Dims = { 2, 3 }, Values = new() { DataType = 1, Dims = { 2 }, FloatData = { 5, 7 } }, Indices = new() { DataType = 7, Dims = { 2 }, Int64Data = { 1, 5 } } };
        var reader = new TensorReader(new ExternalFiles("/"));
        Assert.Equal([0f, 5, 0, 0, 0, 7], reader.Read(sparse, "w").Data.ToArray<float>());
        sparse.Indices = new() { DataType = 7, Dims = { 2, 2 }, Int64Data = { 0, 2, 1, 0 } };
        Assert.Equal([0f, 0, 5, 7, 0, 0], reader.Read(sparse, "w").Data.ToArray<float>());
    }

    [Theory]
    [InlineData(new[] { 5L, 1 }, "ascend")]
    [InlineData(new[] { 0L, 6 }, "index 6 of 6")]
    [InlineData(new[] { -1L, 2 }, "index -1")]
    public void Sparse_indices_must_be_places_in_order(long[] indices, string message)
    {
        var sparse = new SparseTensorProto { Dims = { 2, 3 }, Values = new() { DataType = 1, Dims = { 2 }, FloatData = { 5, 7 } }, Indices = new() { DataType = 7, Dims = { 2 }, Int64Data = { indices } } };
        var fault = Assert.Throws<DiagnosticException>(() => new TensorReader(new ExternalFiles("/")).Read(sparse, "w"));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sparse_tensor_too_large_to_write_out_is_refused()
    {
        var sparse = new SparseTensorProto { Dims = { 1L << 40 }, Values = new() { DataType = 1, Dims = { 0 } }, Indices = new() { DataType = 7, Dims = { 0 } } };
        Assert.Contains("LT1111", Assert.Throws<DiagnosticException>(() => new TensorReader(new ExternalFiles("/")).Read(sparse, "w")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_file_is_read()
    {
        using var folder = new OnnxFile();
        File.WriteAllBytes(folder.FilePath, OnnxFile.Floats("x", 2, 2).ToByteArray());
        var read = TensorFile.Read(folder.FilePath);
        Assert.Equal("tensor<2x2, f32>", read.ToString());
        Assert.Equal([1f, 2, 3, 4], read.Bytes.ToArray<float>());
        File.WriteAllText(folder.FilePath, "<html>");
        Assert.Throws<DiagnosticException>(() => TensorFile.Read(folder.FilePath));
        Assert.Throws<DiagnosticException>(() => TensorFile.Read(folder.FilePath + ".none"));
    }
}
