using Lathe.Ir;

namespace Lathe.UnitTests.Running;

public sealed class NpyTests
{
    public static TheoryData<Scalar> Kinds => [.. Enum.GetValues<Scalar>().Where(k => k is not Scalar.String)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_reads_back(Scalar kind)
    {
        var tensor = kind.IsComplex ? new Tensor(kind, [2, 3], Bytes.Of(Enumerable.Range(0, kind.Bits / 8 * 6).Select(i => (byte)i).ToArray())) : Tensor.Of(kind, [2, 3], 1, 0, 1, 1, 0, 1);
        var back = Read(Written(tensor));
        Assert.Equal(kind.Arithmetic == kind || kind == Scalar.F16 ? kind : kind.Arithmetic, back.Kind);
        Assert.Equal(tensor.Shape, back.Shape);
        if (kind.IsComplex) Assert.Equal(tensor.Bytes.Hash, back.Bytes.Hash);
        else Assert.Equal(tensor.ToDoubles(), back.ToDoubles());
    }

    [Fact]
    public void The_file_is_the_one_that_NumPy_writes()
    {
        var file = Written(Tensor.Of([2], 1f, 2f));
        Assert.Equal("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".PadRight(127) + "\n", System.Text.Encoding.Latin1.GetString(file[..128]));
        Assert.Equal(136, file.Length);
        Assert.Empty(Read(Written(Tensor.Of([], 3f))).Shape);
    }

    [Fact]
    public void Either_byte_order_and_either_order_of_axes_is_read()
    {
        Assert.Equal([1, 258], Read(File("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", 0, 1, 1, 2)).ToDoubles());
        Assert.Equal([1, 2, 3, 4, 5, 6], Read(File("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", 1, 4, 2, 5, 3, 6)).ToDoubles());
    }

    [Theory]
    [InlineData("LT5103", "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("LT5103", "{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("LT5102", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("LT5102", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")]
    [InlineData("LT5102", "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("LT5102", "")]
    [InlineData("LT5104", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")]
    [InlineData("LT5104", "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }")]
    [InlineData("LT5104", "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }")]
    public void A_file_that_makes_no_sense_is_a_diagnostic(string code, string header) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => Read(File(header, 0, 0, 0, 0))).Diagnostics[0].Code);

    [Fact]
    public void A_file_cut_off_anywhere_is_a_diagnostic()
    {
        var whole = Written(Tensor.Of([2], 1f, 2f));
        for (var length = 0; length < whole.Length; length++) Assert.Throws<DiagnosticException>(() => Read(whole[..length]));
    }

    [Fact]
    public void An_archive_holds_arrays_by_name()
    {
        var path = Path.GetTempFileName();
        try
        {
            Npz.Write(path, ("b", Tensor.Of([2], 1f, 2f)), ("a", Tensor.Of([], 7L)));
            var all = Npz.Read(path);
            Assert.Equal(["b", "a"], all.Select(p => p.Name));
            Assert.Equal([1, 2], all[0].Tensor.ToDoubles());
            Assert.Equal([7], all[1].Tensor.ToDoubles());
            System.IO.File.WriteAllText(path, "no archive");
            Assert.Equal("LT5105", Assert.Throws<DiagnosticException>(() => Npz.Read(path)).Diagnostics[0].Code);
        }
        finally { System.IO.File.Delete(path); }
    }

    private static byte[] Written(Tensor tensor)
    {
        var file = new MemoryStream();
        Npy.Write(file, tensor);
        return file.ToArray();
    }

    private static byte[] File(string header, params byte[] contents) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. System.Text.Encoding.ASCII.GetBytes(header), .. contents];

    private static Tensor Read(byte[] file) => Npy.Read(new MemoryStream(file), "test", file.Length);
}
