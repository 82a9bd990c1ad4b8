using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed unsafe class LinkerTests
{
    private const string Code = """
        @digits_weights = external constant [4 x float]
        declare float @sinf(float)
        declare ptr @getenv(ptr)
        declare float @half(float)
        define float @digits_run(i64 %i) {
          %p = getelementptr float, ptr @digits_weights, i64 %i
          %x = load float, ptr %p
          %s = call float @sinf(float %x)
          %h = call float @half(float %s)
          %e = call ptr @getenv(ptr @digits_weights)
          ret float %h
        }
        """;

    private const string Other = "define float @half(float %x) { %y = fmul float %x, 0.5 ret float %y }";

    private static List<string> Objects(ScratchFolder scratch, CpuTarget target)
    {
        var weights = new byte[16];
        Buffer.BlockCopy(new[] { 0f, 1f, 2f, 3f }, 0, weights, 0, 16);
        return
        [
            scratch.Write("code.o", new Assembler(target).ToObject(Code, "code")),
            scratch.Write("other.o", new Assembler(target).ToObject(Other, "other")),
            scratch.Write("weights.o", ElfObject.ToArray(target.Architecture, weights, [new("digits_weights", 0, 16)])),
        ];
    }

    [Fact]
    public void A_linked_library_runs()
    {
        using var scratch = new ScratchFolder();
        Linker.Shared(Objects(scratch, CpuTarget.Host), scratch["libdigits.so"], "libdigits.so", ["digits_run"]);
        var library = NativeLibrary.Load(scratch["libdigits.so"]);
        Assert.Equal(MathF.Sin(2) / 2, ((delegate* unmanaged<long, float>)NativeLibrary.GetExport(library, "digits_run"))(2), 1e-7f);
        Assert.False(NativeLibrary.TryGetExport(library, "half", out _), "half is not among the exports");
        Assert.False(NativeLibrary.TryGetExport(library, "digits_weights", out _), "the weights are hidden");
        NativeLibrary.Free(library);
    }

    [ToolFact("readelf")]
    public void It_needs_libc_and_libm_of_no_version()
    {
        using var scratch = new ScratchFolder();
        Linker.Shared(Objects(scratch, CpuTarget.Host), scratch["libdigits.so"], "libdigits.so", ["digits_run"]);
        var text = Tool.Run("readelf", "--dynamic", "--dyn-syms", "--version-info", "--program-headers", "--wide", scratch["libdigits.so"]);
        Assert.Equal(["[libc.so.6]", "[libm.so.6]"], text.Split('\n').Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal)).Select(line => line[line.IndexOf('[', StringComparison.Ordinal)..].Trim()));
        Assert.Contains("Library soname: [libdigits.so]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("GLIBC_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("RUNPATH", text, StringComparison.Ordinal);
        Assert.DoesNotContain("RWE", text, StringComparison.Ordinal);
        Assert.Contains(text.Split('\n'), line => line.Contains("GNU_STACK", StringComparison.Ordinal) && line.Contains("RW ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_objects_in_another_folder_give_the_same_bytes()
    {
        using ScratchFolder here = new(), there = new();
        foreach (var scratch in new[] { here, there }) Linker.Shared(Objects(scratch, CpuTarget.Parse("x86-64-v2")), scratch["libdigits.so"], "libdigits.so", ["digits_run"]);
        Assert.Equal(File.ReadAllBytes(here["libdigits.so"]), File.ReadAllBytes(there["libdigits.so"]));
    }

    [ToolFact("ld")]
    public void The_common_linker_serves_too()
    {
        using var scratch = new ScratchFolder();
        Linker.Shared(Objects(scratch, CpuTarget.Host), scratch["libdigits.so"], "libdigits.so", ["digits_run"], Tool.Find("ld"));
        var library = NativeLibrary.Load(scratch["libdigits.so"]);
        Assert.Equal(MathF.Sin(3) / 2, ((delegate* unmanaged<long, float>)NativeLibrary.GetExport(library, "digits_run"))(3), 1e-7f);
        NativeLibrary.Free(library);
    }

    [ToolFact("ld.lld-19", "readelf")]
    public void Other_architectures_link()
    {
        using var scratch = new ScratchFolder();
        foreach (var (cpu, machine) in new[] { ("cortex-a76", "AArch64"), ("generic-rv64", "RISC-V") })
        {
            Linker.Shared(Objects(scratch, CpuTarget.Parse(cpu)), scratch["lib.so"], "libdigits.so", ["digits_run"]);
            Assert.Contains(machine, Tool.Run("readelf", "--file-header", scratch["lib.so"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Missing_symbols_are_named_and_nothing_is_left()
    {
        using var scratch = new ScratchFolder();
        var objects = Objects(scratch, CpuTarget.Host);
        var missing = Assert.Throws<LlvmException>(() => Linker.Shared(objects[..1], scratch["lib.so"], "libdigits.so", ["digits_run"]));
        Assert.Equal("libdigits.so: digits_weights, half is used and defined nowhere", missing.Message);
        var export = Assert.Throws<LlvmException>(() => Linker.Shared(objects, scratch["lib.so"], "libdigits.so", ["digits_run", "digits_open"]));
        Assert.Equal("libdigits.so: digits_open is exported and defined nowhere", export.Message);
        Assert.Equal(["code.o", "other.o", "weights.o"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failing_linker_leaves_nothing_and_is_quoted()
    {
        using var scratch = new ScratchFolder();
        var objects = Objects(scratch, CpuTarget.Host);
        var tool = scratch.Write("ld.broken", "#!/bin/sh\necho 'No space left on device' >&2\nexit 3\n");
        Tool.Run("chmod", "+x", tool);
        var error = Assert.Throws<IOException>(() => Linker.Shared(objects, scratch["lib.so"], "libdigits.so", ["digits_run"], tool));
        Assert.Equal("link: ld.broken ended with 3:\nNo space left on device", error.Message);
        Assert.Empty(Directory.GetFiles(scratch.Folder, "*lib.so*"));
    }

    [Fact]
    public void Its_absence_says_what_to_install()
    {
        var message = Assert.Throws<ToolMissingException>(() => Linker.Find(CpuTarget.Host.Architecture, null, "/nowhere")).Message;
        Assert.Equal("link: no linker is here (looked for ld.lld-19, ld.lld, ld.lld-20, ld.lld-21, ld.lld-22, ld on the search path); install one with `apt-get install lld-19`, or set LATHE_LINKER to its path", message);
        var foreign = CpuArchitecture.All.First(architecture => architecture != CpuTarget.Host.Architecture);
        Assert.Contains($"no linker for {foreign.Name} is here", Assert.Throws<ToolMissingException>(() => Linker.Find(foreign, null, "/nowhere")).Message, StringComparison.Ordinal);
        Assert.Contains("LATHE_LINKER names 'gold'", Assert.Throws<ToolMissingException>(() => Linker.Find(foreign, "gold", "/nowhere")).Message, StringComparison.Ordinal);
    }
}
