using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class AssemblerTests
{
    private const string Axpy = """
        define void @axpy(ptr noalias %x, ptr noalias %y, float %a, i64 %n) {
        entry:
          br label %loop
        loop:
          %i = phi i64 [ 0, %entry ], [ %next, %loop ]
          %xp = getelementptr float, ptr %x, i64 %i
          %yp = getelementptr float, ptr %y, i64 %i
          %xv = load float, ptr %xp, align 4
          %yv = load float, ptr %yp, align 4
          %r = call float @llvm.fma.f32(float %xv, float %a, float %yv)
          store float %r, ptr %yp, align 4
          %next = add nuw i64 %i, 1
          %more = icmp ult i64 %next, %n
          br i1 %more, label %loop, label %exit
        exit:
          ret void
        }
        declare float @llvm.fma.f32(float, float, float)
        """;

    [Fact]
    public unsafe void An_object_runs()
    {
        using var jit = new Jit();
        jit.Add(new Assembler(CpuTarget.Host).ToObject(Axpy, "axpy"));
        var axpy = (delegate* unmanaged<float*, float*, float, long, void>)jit.Lookup("axpy");
        float[] x = [1, 2, 3], y = [10, 20, 30];
        fixed (float* xp = x, yp = y) axpy(xp, yp, 2, 3);
        Assert.Equal([12f, 24f, 36f], y);
    }

    [Fact]
    public void Vectors_and_unrolling_are_left_to_the_schedule()
    {
        var assembler = new Assembler(CpuTarget.Parse("x86-64-v3"));
        var optimised = assembler.Optimised(Axpy, "axpy");
        Assert.DoesNotContain("x float>", optimised, StringComparison.Ordinal);
        Assert.Single(assembler.ToAssembly(Axpy, "axpy").Split('\n'), line => line.Contains("vfmadd", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_architecture_is_made_on_any()
    {
        foreach (var (cpu, instruction) in new[] { ("x86-64-v3", "vfmadd"), ("cortex-a76", "fmadd"), ("generic-rv64", "fmadd.s") })
            Assert.Contains(instruction, new Assembler(CpuTarget.Parse(cpu)).ToAssembly(Axpy, "axpy"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_error_carries_its_line()
    {
        var error = Assert.Throws<LlvmException>(() => new Assembler(CpuTarget.Host).ToObject(Axpy.Replace("add nuw i64", "add nuw i65x", StringComparison.Ordinal), "axpy"));
        Assert.Equal(("axpy", 12), (error.Module, error.Line));
        Assert.Equal("%next = add nuw i65x %i, 1", error.Text.Trim());
        Assert.StartsWith("axpy:12: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_rule_carries_the_instruction()
    {
        const string text = """
            define i32 @f(i1 %c) {
              br i1 %c, label %a, label %b
            a:
              %x = add i32 1, 2
              br label %b
            b:
              %y = add i32 %x, 1
              ret i32 %y
            }
            """;
        var error = Assert.Throws<LlvmException>(() => new Assembler(CpuTarget.Host).ToObject(text, "f"));
        Assert.Equal("f: Instruction does not dominate all uses!", error.Message.Split('\n')[0]);
        Assert.Contains("%y = add i32 %x, 1", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_code_generation_is_an_exception_not_the_end_of_the_process()
    {
        var text = "define void @f() { call void asm sideeffect \"no such instruction\", \"\"() ret void }";
        Assert.Contains("asm", Assert.Throws<LlvmException>(() => new Assembler(CpuTarget.Host).ToObject(text, "f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_text_gives_the_same_bytes_from_any_thread()
    {
        var assembler = new Assembler(CpuTarget.Host);
        var expected = assembler.ToObject(Axpy, "axpy");
        var objects = new byte[8][];
        Parallel.For(0, objects.Length, i => objects[i] = assembler.ToObject(Axpy, "axpy"));
        Assert.All(objects, bytes => Assert.Equal(expected, bytes));
    }
}
