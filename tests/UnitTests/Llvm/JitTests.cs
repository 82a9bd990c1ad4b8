using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed unsafe class JitTests
{
    private static byte[] Object(string ir) => new Assembler(CpuTarget.Host).ToObject(ir, "test");

    [Fact]
    public void Objects_see_each_other_and_the_process()
    {
        using var jit = new Jit();
        jit.Add(Object("define i32 @twice(i32 %x) { %y = add i32 %x, %x ret i32 %y }"));
        jit.Add(Object("declare i32 @twice(i32) declare i64 @strlen(ptr) define i64 @both(i32 %x, ptr %s) { %t = call i32 @twice(i32 %x) %n = call i64 @strlen(ptr %s) %w = zext i32 %t to i64 %r = add i64 %w, %n ret i64 %r }"));
        fixed (byte* text = "lathe"u8) Assert.Equal(19, ((delegate* unmanaged<int, byte*, long>)jit.Lookup("both"))(7, text));
    }

    [Fact]
    public void Data_may_lie_anywhere()
    {
        // Far from code: above what a 32-bit displacement reaches.
        var weights = new float[] { 1.5f, 2.5f };
        fixed (float* address = weights)
        {
            using var jit = new Jit();
            jit.Define("weights", (nint)address);
            jit.Add(Object("@weights = external constant [2 x float] define float @second() { %p = getelementptr float, ptr @weights, i64 1 %x = load float, ptr %p ret float %x }"));
            Assert.Equal(2.5f, ((delegate* unmanaged<float>)jit.Lookup("second"))());
        }
    }

    [Fact]
    public void Missing_symbols_are_named()
    {
        using var jit = new Jit();
        jit.Add(Object("declare void @absent_one() declare void @absent_two() define void @f() { call void @absent_one() call void @absent_two() ret void }"));
        var message = Assert.Throws<LlvmException>(() => jit.Lookup("f")).Message;
        Assert.Contains("absent_one", message, StringComparison.Ordinal);
        Assert.Contains("absent_two", message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<LlvmException>(() => jit.Lookup("nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_is_defined_once()
    {
        using var jit = new Jit();
        jit.Define("x", 4096);
        Assert.Contains("x", Assert.Throws<LlvmException>(() => jit.Define("x", 8192)).Message, StringComparison.Ordinal);
        jit.Add(Object("define void @f() { ret void }"));
        Assert.Contains("f", Assert.Throws<LlvmException>(() => jit.Add(Object("define void @f() { ret void }"))).Message, StringComparison.Ordinal);
        Assert.Throws<LlvmException>(() => jit.Add("not an object"u8));
    }

    [Fact]
    public void A_disposed_one_refuses()
    {
        var jit = new Jit();
        jit.Add(Object("define void @f() { ret void }"));
        Assert.NotEqual(0, jit.Lookup("f"));
        jit.Dispose();
        jit.Dispose();
        Assert.Throws<ObjectDisposedException>(() => jit.Lookup("f"));
    }
}
