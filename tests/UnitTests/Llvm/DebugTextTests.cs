using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.UnitTests.Passes;
using Encoding = System.Text.Encoding;

namespace Lathe.UnitTests.Llvm;

public sealed class DebugTextTests
{
    private static readonly CpuTarget Target = CpuTarget.Parse("x86-64-v3");

    [Fact]
    public void Names_and_lines_are_there_and_the_code_stays_the_same()
    {
        var net = new Net();
        var program = Net.Compile(net.Return(net.Add("/head/\"Softmax\"", new Softmax(), net.Add("/head/MatMul", new MatMul(), net.Input("x", 64, 64), net.Weight("w", 64, 64)))));
        var places = DebugPlaces.Of(program, "net.lir", "// a line\n" + IrText.Print(program));
        Assert.Equal(program.Kernels.Select(k => k.Name).Order(StringComparer.Ordinal), places.Lines.Keys.Order(StringComparer.Ordinal));
        foreach (var kernel in program.Kernels)
        {
            var plain = KernelEmitter.Emit(kernel, Target);
            var (without, with) = (new Assembler(Target).ToObject(plain, "k"), new Assembler(Target).ToObject(DebugText.Add(plain, kernel.Name, places), "k"));
            Assert.Equal(ElfSections.Loaded(without), ElfSections.Loaded(with));
            Assert.Contains(kernel.Name, Encoding.UTF8.GetString(with), StringComparison.Ordinal);
            Assert.Contains("net.lir", Encoding.UTF8.GetString(with), StringComparison.Ordinal);
        }
    }
}
