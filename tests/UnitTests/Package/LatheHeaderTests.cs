using Lathe.Codegen.Package;

namespace Lathe.UnitTests.Package;

public sealed class LatheHeaderTests
{
    private const string Use = """
        #include "lathe.h"
        #include "lathe.h"
        #if LATHE_ABI != 1
        #error "the version"
        #endif
        static void each(void *user, int64_t count, void (*body)(void *, int64_t), void *arg) { int64_t i; (void)user; for (i = 0; i < count; i++) body(arg, i); }
        static void add(void *arg, int64_t i) { *(int64_t *)arg += i; }
        int main(void) {
          int64_t shape[2] = {1, 10}, sum = 0;
          float data[10];
          lathe_tensor tensor = {data, shape, 0, sizeof data};
          lathe_host host = {sizeof(lathe_host), LATHE_ABI, 0, each, 0, 0};
          host.parallel_for(host.user, 5, add, &sum);
          return tensor.shape[1] == sum ? 0 : 1;
        }

        """;

    [ToolFact("gcc", "g++")]
    public void It_is_clean_C99_and_Cpp()
    {
        using var scratch = new ScratchFolder();
        scratch.Write(LatheHeader.FileName, LatheHeader.Text);
        Tool.Run("gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", scratch.Write("use.c", Use), "-o", scratch["use"]);
        Tool.Run(scratch["use"]);
        Tool.Run("g++", "-std=c++11", "-pedantic", "-Wall", "-Wextra", "-Werror", scratch.Write("use.cpp", Use), "-o", scratch["use"]);
        Tool.Run(scratch["use"]);
    }

    [ToolFact("gcc")]
    public void Another_version_in_one_file_is_refused()
    {
        using var scratch = new ScratchFolder();
        scratch.Write(LatheHeader.FileName, LatheHeader.Text);
        scratch.Write("use.c", "#define LATHE_H\n#define LATHE_ABI 2\n#include \"lathe.h\"\n");
        Assert.Contains("another version of this header", Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Tool.Run("gcc", "-fsyntax-only", scratch["use.c"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_the_one_of_the_code() => Assert.Contains($"#define LATHE_ABI {LatheHeader.Abi}\n", LatheHeader.Text, StringComparison.Ordinal);
}
