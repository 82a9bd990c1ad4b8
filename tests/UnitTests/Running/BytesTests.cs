using Lathe.Ir;

namespace Lathe.UnitTests.Running;

public sealed class BytesTests
{
    [Fact]
    public unsafe void Memory_in_a_file_holds_what_is_written()
    {
        var bytes = Bytes.InFile(3 << 20);
        Assert.Equal(0, bytes.Address % 64);
        Assert.Equal(0, bytes.Span((3 << 20) - 1, 1)[0]);
        ((byte*)bytes.Address)[(3 << 20) - 1] = 7;
        Assert.Equal(7, bytes.Slice(1 << 20, 2 << 20).Span((2 << 20) - 1, 1)[0]);
    }

    [Fact]
    public void No_bytes_need_no_file() => Assert.Equal(0, Bytes.InFile(0).Length);
}
