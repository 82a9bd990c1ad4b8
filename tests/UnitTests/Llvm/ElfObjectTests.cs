using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed unsafe class ElfObjectTests
{
    private static readonly ElfSymbol[] symbols = [new("digits_w1", 0, 64), new("digits_w2", 64, 36), new("digits_table", 8, 4, Hidden: false)];

    private static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    [Fact]
    public void A_JIT_binds_it()
    {
        using var jit = new Jit();
        jit.Add(ElfObject.ToArray(CpuTarget.Host.Architecture, Data(100), symbols));
        jit.Add(new Assembler(CpuTarget.Host).ToObject("@digits_w2 = external constant [36 x i8] define i8 @third() { %p = getelementptr i8, ptr @digits_w2, i64 3 %x = load i8, ptr %p ret i8 %x }", "code"));
        Assert.Equal(Data(100)[67], ((delegate* unmanaged<byte>)jit.Lookup("third"))());
        Assert.Equal(0, jit.Lookup("digits_w1") % ElfObject.Alignment);
        Assert.Equal(jit.Lookup("digits_w1") + 8, jit.Lookup("digits_table"));
    }

    [Fact]
    public void It_reads_back_for_every_architecture()
    {
        using var scratch = new ScratchFolder();
        foreach (var architecture in new Linux().Architectures)
        {
            var read = ElfSymbols.Read(scratch.Write("w.o", ElfObject.ToArray(architecture, Data(100), symbols)));
            Assert.Equal(architecture, read.Architecture);
            Assert.Equal(symbols.Select(symbol => symbol.Name), read.Defined);
            Assert.Empty(read.Undefined);
        }
    }

    [ToolFact("readelf")]
    public void Readelf_understands_it()
    {
        using var scratch = new ScratchFolder();
        foreach (var (architecture, name) in new[] { (CpuArchitecture.X86, "X86-64"), (CpuArchitecture.Aarch64, "AArch64"), (CpuArchitecture.RiscV64, "RISC-V") })
        {
            var text = Tool.Run("readelf", "--all", "--wide", scratch.Write("w.o", ElfObject.ToArray(architecture, Data(100), symbols)));
            Assert.Contains(name, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Warning", text, StringComparison.OrdinalIgnoreCase);
            var lines = text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
            Assert.Contains("[ 1] .rodata PROGBITS 0000000000000000 000040 000064 00 A 0 0 64", lines);
            Assert.Contains(lines, line => line.Contains("64 36 OBJECT GLOBAL HIDDEN 1 digits_w2", StringComparison.Ordinal) || line == "2: 0000000000000040 36 OBJECT GLOBAL HIDDEN 1 digits_w2");
            Assert.Contains("3: 0000000000000008 4 OBJECT GLOBAL DEFAULT 1 digits_table", lines);
        }
    }

    [Fact]
    public void Data_streams_and_is_held_to_its_length()
    {
        var elf = new ElfObject(CpuArchitecture.X86, 100, symbols);
        using var output = new MemoryStream();
        var data = Data(100);
        elf.Write(output, stream =>
        {
            for (var at = 0; at < 100; at += 30) stream.Write(data, at, Math.Min(30, 100 - at));
        });
        Assert.Equal(ElfObject.ToArray(CpuArchitecture.X86, data, symbols), output.ToArray());
        Assert.Equal(elf.FileLength, output.Length);
        Assert.Equal("elf: the data is announced as 100 bytes, 99 were written", Assert.Throws<InvalidOperationException>(() => elf.Write(new MemoryStream(), stream => stream.Write(Data(99)))).Message);
        Assert.Throws<InvalidOperationException>(() => elf.Write(new MemoryStream(), stream => stream.Write(Data(101))));
    }

    [Fact]
    public void Symbols_lie_inside_the_data_and_are_told_apart()
    {
        Assert.Equal("elf: w is 5 bytes at 96, the data has 100", Assert.Throws<ArgumentException>(() => new ElfObject(CpuArchitecture.X86, 100, [new("w", 96, 5)])).Message);
        Assert.Equal("elf: w is defined 2 times", Assert.Throws<ArgumentException>(() => new ElfObject(CpuArchitecture.X86, 100, [new("w", 0, 5), new("w", 8, 5)])).Message);
    }

    [Fact]
    public void What_is_no_object_is_refused()
    {
        using var scratch = new ScratchFolder();
        Assert.Contains("not a relocatable", Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(scratch.Write("a", Data(100)))).Message, StringComparison.Ordinal);
        Assert.Contains("has 3 bytes, 64 are wanted at 0", Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(scratch.Write("a", Data(3)))).Message, StringComparison.Ordinal);
    }

    /// <summary>A library beyond what 32-bit displacements span; its data is zeros that the file system need not store.</summary>
    [LongFact]
    public void Weights_beyond_two_gigabytes_link()
    {
        const long length = 0x9000_0000;
        using var scratch = new ScratchFolder();
        using (var file = File.Create(scratch["w.o"]))
        {
            var block = new byte[1 << 20];
            new ElfObject(CpuArchitecture.X86, length, [new("w", length - 4, 4)]).Write(file, stream =>
            {
                for (var left = length; left > 0; left -= block.Length)
                {
                    if (left == block.Length) block[^4] = 42;
                    stream.Write(block);
                }
            });
        }
        var code = new Assembler(CpuTarget.Parse("x86-64")).ToObject("@w = external constant i32 define i32 @last() { %x = load i32, ptr @w ret i32 %x }", "code");
        Linker.Shared([scratch.Write("code.o", code), scratch["w.o"]], scratch["libbig.so"], "libbig.so", ["last"]);
        Assert.True(new FileInfo(scratch["libbig.so"]).Length > length);
        var library = System.Runtime.InteropServices.NativeLibrary.Load(scratch["libbig.so"]);
        Assert.Equal(42, ((delegate* unmanaged<int>)System.Runtime.InteropServices.NativeLibrary.GetExport(library, "last"))());
        System.Runtime.InteropServices.NativeLibrary.Free(library);
    }
}
