using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.UnitTests.Llvm;

public sealed class MachineTableTests
{
    private const string Measured = "// measured\nznver5 level2=2097152 gflops64=256.0 memory_rate=20.0 hand_over=0.5\n";

    [Fact]
    public void A_row_reads_back_what_it_prints()
    {
        var row = new MachineRow("znver5", Level2: 1 << 20, Gflops64: 217.5, MemoryRate: 33.25);
        Assert.Equal(row, MachineRow.Parse(row.ToString()));
    }

    [Fact]
    public void What_is_not_said_is_as_usual()
    {
        var machine = MachineTable.Read(Measured, "m.txt").Machine(CpuTarget.Parse("znver5"))!;
        Assert.Equal(2 << 20, machine.Level2);
        Assert.Equal(256, machine.Gflops);
        Assert.Equal(20, machine.MemoryRate);
        Assert.Equal(0.5, machine.HandOver);
        Assert.Equal(MachineTable.Of(CpuTarget.Parse("znver5")).Level3Rate, machine.Level3Rate);
    }

    [Fact]
    public void Vectors_have_the_rate_of_their_width() => Assert.Equal(6, MachineTable.Read("x86-64-v3 gflops32=96.0 gflops64=1.0", "m.txt").Machine(CpuTarget.Parse("x86-64-v3"))!.StepRate);

    [Fact]
    public void A_processor_without_a_line_is_not_known() => Assert.Null(MachineTable.Read(Measured, "m.txt").Machine(CpuTarget.Parse("haswell")));

    [Theory]
    [InlineData("znver5 level4=1", "nothing is called 'level4' here")]
    [InlineData("znver5 level2=-1", "no positive whole number")]
    [InlineData("znver5 memory_rate=nan", "no positive number")]
    [InlineData("znver5 level2", "no name=value")]
    [InlineData("znver5 level2=1 level2=2", "given twice")]
    [InlineData("znver5\nznver5", "has a line already")]
    public void A_faulty_line_is_named(string text, string said)
    {
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => MachineTable.Read("// head\n" + text, "m.txt")).Diagnostics);
        Assert.Equal("LT4201", fault.Code);
        Assert.StartsWith("m.txt:", fault.Where);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }
}
