using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.UnitTests.Llvm;

public sealed class WasmObjectTests
{
    private static readonly CpuTarget target = CpuTarget.OfTriple("wasm32-unknown-unknown");

    [Fact]
    public void Weights_are_defined_under_their_symbol()
    {
        using var scratch = new ScratchFolder();
        using (var file = File.Create(scratch["w.o"])) target.System.WriteData(file, target.Architecture, 300, "digits.weights", stream => stream.Write(new byte[300]));
        var symbols = target.System.Symbols(scratch["w.o"]);
        Assert.Equal(["digits.weights"], symbols.Defined);
        Assert.Empty(symbols.Undefined);
        Assert.InRange(target.System.Loaded(File.ReadAllBytes(scratch["w.o"])).All, 300, 320);
    }

    [Fact]
    public void Symbols_of_code_are_those_that_it_offers_and_asks_for()
    {
        using var scratch = new ScratchFolder();
        var code = new Assembler(target).ToObject("""
            @there = external global i32
            declare float @wanted(float)
            define internal float @own(float %x) noinline { %y = fadd float %x, %x ret float %y }
            define float @offered(float %x) { %a = call float @own(float %x) %b = call float @wanted(float %a) %i = load i32, ptr @there %c = sitofp i32 %i to float %d = fadd float %b, %c ret float %d }
            """, "code");
        var symbols = target.System.Symbols(scratch.Write("code.o", code));
        Assert.Equal(["offered"], symbols.Defined);
        Assert.Equal(["there", "wanted"], symbols.Undefined.Order(StringComparer.Ordinal));
        Assert.Contains("no module of WebAssembly", Assert.Throws<InvalidDataException>(() => target.System.Symbols(scratch.Write("x", new byte[20]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_JavaScript_has_not_is_said()
    {
        using var scratch = new ScratchFolder();
        var code = scratch.Write("code.o", new Assembler(target).ToObject("declare double @erf(double) define double @f(double %x) { %y = call double @erf(double %x) ret double %y }", "code"));
        var fault = Assert.Throws<DiagnosticException>(() => Linker.Shared([code], scratch["f.wasm"], "f.wasm", ["f"], system: target.System));
        Assert.Contains("needs erf, and WebAssembly has no such function", fault.Diagnostics.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imports_are_those_that_the_loader_brings()
    {
        var loader = JavaScriptLoader.Print("digits");
        Assert.All(SystemLibrary.JavaScript.Functions, name => Assert.Matches($@"\b{name}\b", loader));
        Assert.DoesNotContain("IMPORTS", loader, StringComparison.Ordinal);
    }
}
