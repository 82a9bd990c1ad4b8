using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class StackFrameTests
{
    /// <summary>A leaf, a caller with saved registers, one that aligns the stack for a vector it keeps, and names that need quotes.</summary>
    private const string Text = """
        declare void @"ext\E9"(ptr)
        define void @leaf(i64 %n) nounwind noredzone {
          %a = alloca [4 x i64], align 8
          %b = getelementptr i64, ptr %a, i64 %n
          store volatile i64 %n, ptr %b
          ret void
        }
        define void @wide(ptr %p) nounwind noredzone {
          %a = alloca [100 x i8], align 64
          call void @"ext\E9"(ptr %a)
          call void @"ext\E9"(ptr %p)
          ret void
        }
        """;

    [Theory]
    [InlineData("x86-64-v4", 32L, 0, 0L, 16L, 64, 128L)] // push rbp, push rbx; and rsp, −64; sub rsp, 128
    [InlineData("generic", 32L, 0, 0L, 192L, 64, 0L)]
    [InlineData("generic-rv64", 32L, 0, 0L, 128L, 64, 0L)]
    public void Frames_are_what_the_code_takes(string cpu, long leafBefore, int leafAlignment, long leafAfter, long wideBefore, int wideAlignment, long wideAfter)
    {
        var frames = new Assembler(CpuTarget.Parse(cpu)).Compile(Text, "frames").Frames.ToDictionary(f => f.Function);
        Assert.Equal(new("leaf", leafBefore, leafAlignment, leafAfter, []), frames["leaf"]);
        Assert.Equal(new("wide", wideBefore, wideAlignment, wideAfter, ["ext\uFFFD"]), frames["wide"]);
    }

    [Fact]
    public void What_an_alignment_loses_depends_on_where_the_stack_is()
    {
        var frame = new StackFrame("f", 16, 64, 128, []);
        Assert.Equal([192, 192, 256], new long[] { 0, 48, 64 }.Select(frame.End));
    }
}
