using System.Text;
using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class StaticArchiveTests
{
    private static List<string> Objects(ScratchFolder scratch) =>
    [
        scratch.Write("code.o", new Assembler(CpuTarget.Host).ToObject("@answer_weights = external constant i32 define i32 @answer() { %x = load i32, ptr @answer_weights ret i32 %x }", "code")),
        scratch.Write("weights_of_the_model.o", ElfObject.ToArray(CpuTarget.Host.Architecture, [42, 0, 0, 0, 1], [new("answer_weights", 0, 4)])),
    ];

    [Fact]
    public void Members_and_index_are_where_the_format_wants_them()
    {
        using var scratch = new ScratchFolder();
        StaticArchive.Write(Objects(scratch), scratch["libanswer.a"]);
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(scratch["libanswer.a"]));
        Assert.StartsWith("!<arch>\n/               0           0     0     644     ", text, StringComparison.Ordinal);
        Assert.Contains("answer\0answer_weights\0", text, StringComparison.Ordinal);
        Assert.Contains("weights_of_the_model.o/\n", text, StringComparison.Ordinal);
        // The index gives the offset of the header of the member that defines a symbol.
        var index = text.IndexOf("`\n", StringComparison.Ordinal) + 2;
        int Number(int at) => Encoding.Latin1.GetBytes(text.Substring(index + at * 4, 4)).Aggregate(0, (value, digit) => value << 8 | digit);
        Assert.Equal(2, Number(0));
        Assert.Equal("code.o/         ", text.Substring(Number(1), 16));
        Assert.Equal("/0              ", text.Substring(Number(2), 16));
    }

    [ToolFact("ar", "gcc")]
    public void Binutils_list_it_and_gcc_links_it()
    {
        using var scratch = new ScratchFolder();
        StaticArchive.Write(Objects(scratch), scratch["libanswer.a"]);
        Assert.Equal("code.o\nweights_of_the_model.o\n", Tool.Run("ar", "t", scratch["libanswer.a"]));
        var main = scratch.Write("main.c", "int answer(void); int main(void) { return answer() == 42 ? 0 : 1; }");
        Tool.Run("gcc", main, "-L" + scratch.Folder, "-lanswer", "-Werror", "-Wl,--fatal-warnings", "-o", scratch["main"]);
        Tool.Run(scratch["main"]);
    }

    [Fact]
    public void The_same_objects_give_the_same_bytes()
    {
        using var scratch = new ScratchFolder();
        StaticArchive.Write(Objects(scratch), scratch["a.a"]);
        File.SetLastWriteTimeUtc(scratch["code.o"], DateTime.UnixEpoch);
        StaticArchive.Write([scratch["code.o"], scratch["weights_of_the_model.o"]], scratch["b.a"]);
        Assert.Equal(File.ReadAllBytes(scratch["a.a"]), File.ReadAllBytes(scratch["b.a"]));
    }

    [Fact]
    public void Two_definitions_of_a_symbol_are_refused()
    {
        using var scratch = new ScratchFolder();
        var objects = Objects(scratch);
        File.Copy(objects[0], scratch["copy.o"]);
        Assert.Equal("archive: code.o and copy.o both define answer", Assert.Throws<InvalidDataException>(() => StaticArchive.Write([.. objects, scratch["copy.o"]], scratch["a.a"])).Message);
        Assert.False(File.Exists(scratch["a.a"]));
    }
}
