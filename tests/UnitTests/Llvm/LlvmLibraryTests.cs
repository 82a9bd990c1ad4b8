using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class LlvmLibraryTests
{
    [Fact]
    public void The_version_is_one_that_serves() => Assert.True(Version.Parse(LlvmLibrary.Version).Major >= LlvmLibrary.OldestMajor);

    [Fact]
    public void Its_absence_says_what_to_install()
    {
        var message = Assert.Throws<ToolMissingException>(() => LlvmLibrary.Open(null, ["libLLVM-none.so"])).Message;
        Assert.Equal("llvm: no libLLVM 19 or newer is here (looked for libLLVM-none.so); install it with `apt-get install libllvm19`, or set LLVM_LIBRARY to its path", message);
    }

    [Fact]
    public void A_wrong_choice_is_not_passed_over()
    {
        var message = Assert.Throws<ToolMissingException>(() => LlvmLibrary.Open("/nowhere/libLLVM.so", LlvmLibrary.Names)).Message;
        Assert.Contains("LLVM_LIBRARY names '/nowhere/libLLVM.so'", message, StringComparison.Ordinal);
    }
}
