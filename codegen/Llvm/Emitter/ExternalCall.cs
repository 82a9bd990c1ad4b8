using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A kernel that hands its work to a function of C, under the convention of a kernel: extents are worked out, pointers are put in the function's order.</summary>
internal static class ExternalCall
{
    public static void Write(Kernel kernel, External external, CpuTarget target, ModuleWriter module, string symbol)
    {
        var buffers = kernel.Inputs.Concat(kernel.Outputs).ToList();
        Seq<Expr> numbers = [.. external.Operands.Concat(kernel.Outputs).SelectMany(b => b is null ? [(Expr)0] : b.Shape.Prepend(b.Shape.Count))];
        // A store for each symbol behind the extents: the same symbols in the same order as the kernel's own.
        Seq<Expr> stored = [.. numbers, .. kernel.Symbols];
        var extents = new Lathe.Ir.Buffer("extents", Scalar.I64, [Math.Max(1, stored.Count)]);
        new KernelWriter(new("extents", [], [extents], Stmts.Do(stored.Select((number, i) => extents.Set([i], number)))), target, module, $"{symbol}.extents").Write();

        var code = new FunctionWriter();
        string Array(string type, int count) => code.Place($"[{Math.Max(1, count).Text()} x {type}]", 16);
        var (numbersAt, own, inputs, outputs) = (Array("i64", stored.Count), Array("ptr", 1), Array("ptr", external.Operands.Count), Array("ptr", kernel.Outputs.Count));
        code.Line($"store ptr {numbersAt}, ptr {own}");
        code.Line($"call void @\"{symbol}.extents\"(ptr {own}, ptr %dims, ptr %scratch, ptr %host)");
        void Set(string array, int place, string pointer) => code.Line($"store ptr {pointer}, ptr {code.Let($"getelementptr inbounds ptr, ptr {array}, i64 {place.Text()}")}");
        foreach (var (place, operand) in external.Operands.Index()) Set(inputs, place, operand is null ? "null" : KernelWriter.Word(code, "%args", buffers.IndexOf(operand), "ptr"));
        foreach (var (place, output) in kernel.Outputs.Index()) Set(outputs, place, KernelWriter.Word(code, "%args", buffers.IndexOf(output), "ptr"));
        module.Declare($"void @\"{external.Symbol}\"(ptr, ptr, ptr)", "nounwind");
        code.Line($"call void @\"{external.Symbol}\"(ptr {inputs}, ptr {outputs}, ptr {numbersAt})");
        module.Function($"define void @\"{symbol}\"(ptr %args, ptr %dims, ptr %scratch, ptr %host) nounwind noredzone", code.Text);
    }
}
