using System.Runtime.InteropServices;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using ThreadPool = Lathe.Codegen.Package.ThreadPool;

namespace Lathe.UnitTests.Package;

/// <summary>Counts the threads of the whole process, so no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(ThreadPoolTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(ThreadPoolTests))]
public sealed unsafe class ThreadPoolTests
{
    // count: how often each index came. nested: a loop inside a loop. meet: returns once as many bodies run as the first word says.
    // order: the turn in which each index came.
    private const string Bodies = """
        declare void @digits_parallel_for(ptr, i64, ptr, ptr)
        define void @digits_count(ptr %counts, i64 %i) {
          %p = getelementptr i32, ptr %counts, i64 %i
          %n = atomicrmw add ptr %p, i32 1 monotonic
          ret void
        }
        define void @digits_nested(ptr %counts, i64 %i) {
          %row = mul i64 %i, 16
          %p = getelementptr i32, ptr %counts, i64 %row
          call void @digits_parallel_for(ptr null, i64 16, ptr @digits_count, ptr %p)
          ret void
        }
        define void @digits_meet(ptr %state, i64 %i) {
          %arrived = getelementptr i32, ptr %state, i64 1
          %mine = atomicrmw add ptr %arrived, i32 1 acq_rel
          %all = load i32, ptr %state
          br label %spin
        spin:
          %n = load atomic i32, ptr %arrived acquire, align 4
          %missing = icmp ult i32 %n, %all
          br i1 %missing, label %spin, label %exit
        exit:
          ret void
        }
        define void @digits_order(ptr %state, i64 %i) {
          %turn = atomicrmw add ptr %state, i32 1 acq_rel
          %next = add i64 %i, 1
          %p = getelementptr i32, ptr %state, i64 %next
          store i32 %turn, ptr %p
          ret void
        }
        define void @digits_together(ptr %state, i64 %n) {
          call void @digits_parallel_for(ptr null, i64 %n, ptr @digits_meet, ptr %state)
          ret void
        }
        define void @digits_ordered(ptr %state, i64 %n) {
          call void @digits_parallel_for(ptr null, i64 %n, ptr @digits_order, ptr %state)
          ret void
        }
        define void @digits_each(ptr %counts, i64 %n) {
          call void @digits_parallel_for(ptr null, i64 %n, ptr @digits_count, ptr %counts)
          ret void
        }
        define void @digits_all(ptr %counts, i64 %n) {
          call void @digits_parallel_for(ptr null, i64 %n, ptr @digits_nested, ptr %counts)
          ret void
        }
        """;

    private static nint Build(ScratchFolder scratch)
    {
        var assembler = new Assembler(CpuTarget.Host);
        var bodies = scratch.Write("bodies.o", assembler.ToObject(Bodies, "bodies"));
        var pool = scratch.Write("pool.o", assembler.ToObject(ThreadPool.Text("digits", CpuTarget.Host.Architecture), "pool"));
        Linker.Shared([bodies, pool], scratch["libpool.so"], "libpool.so", ["digits_each", "digits_all", "digits_together", "digits_ordered"]);
        return NativeLibrary.Load(scratch["libpool.so"]);
    }

    private static int Tasks() => Directory.GetDirectories("/proc/self/task").Length;

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment(byte* name, byte* value, int overwrite);

    private static void Threads(ReadOnlySpan<byte> count)
    {
        fixed (byte* name = "LATHE_THREADS"u8, value = count) SetEnvironment(name, value, 1);
    }

    [Fact]
    public void Every_index_runs_once_for_four_callers_at_a_time()
    {
        using var scratch = new ScratchFolder();
        Threads("4"u8);
        var library = Build(scratch);
        var each = (delegate* unmanaged<int*, long, void>)NativeLibrary.GetExport(library, "digits_each");
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            foreach (var count in Enumerable.Range(0, 300).Select(i => i % 70))
            {
                var counts = new int[count];
                fixed (int* address = counts) each(address, count);
                Assert.All(counts, times => Assert.Equal(1, times));
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => Assert.True(caller.Join(TimeSpan.FromSeconds(60)), "a caller never came back"));
        NativeLibrary.Free(library);
    }

    [Fact]
    public void Loops_inside_loops_do_not_wait_for_each_other()
    {
        using var scratch = new ScratchFolder();
        Threads("3"u8);
        var library = Build(scratch);
        var all = (delegate* unmanaged<int*, long, void>)NativeLibrary.GetExport(library, "digits_all");
        var counts = new int[16 * 50];
        fixed (int* address = counts) all(address, 50);
        Assert.All(counts, times => Assert.Equal(1, times));
        NativeLibrary.Free(library);
    }

    [Fact]
    public void As_many_threads_as_asked_for_work_together()
    {
        using var scratch = new ScratchFolder();
        Threads("3"u8);
        var library = Build(scratch);
        var together = (delegate* unmanaged<int*, long, void>)NativeLibrary.GetExport(library, "digits_together");
        var caller = new Thread(() =>
        {
            var state = stackalloc int[] { 3, 0 };
            for (var run = 0; run < 20; run++)
            {
                state[1] = 0;
                together(state, 3);
                // Some time asleep: the next job has to wake the others.
                if (run % 5 == 0) Thread.Sleep(2);
            }
        });
        caller.Start();
        Assert.True(caller.Join(TimeSpan.FromSeconds(60)), "three bodies never ran at once");
        NativeLibrary.Free(library);
    }

    [Fact]
    public void One_thread_is_the_caller_and_goes_in_order()
    {
        using var scratch = new ScratchFolder();
        Threads("1"u8);
        var library = Build(scratch);
        var state = new int[41];
        fixed (int* address = state) ((delegate* unmanaged<int*, long, void>)NativeLibrary.GetExport(library, "digits_ordered"))(address, 40);
        Assert.Equal([40, .. Enumerable.Range(0, 40)], state);
        NativeLibrary.Free(library);
    }

    [Fact]
    public void A_closed_library_takes_its_threads_with_it()
    {
        using var scratch = new ScratchFolder();
        Threads("9"u8);
        var before = Tasks();
        for (var round = 0; round < 12; round++)
        {
            var library = Build(scratch);
            var counts = new int[64];
            fixed (int* address = counts) ((delegate* unmanaged<int*, long, void>)NativeLibrary.GetExport(library, "digits_each"))(address, 64);
            Assert.True(Tasks() >= 8);
            NativeLibrary.Free(library);
        }
        // Twelve rounds of eight would be 96; the runtime's own threads come and go.
        Assert.InRange(Tasks() - before, int.MinValue, 40);
    }

    [Fact]
    public void It_needs_libc_only_on_every_architecture()
    {
        using var scratch = new ScratchFolder();
        foreach (var architecture in new Linux().Architectures)
        {
            var target = CpuTarget.OfTriple(architecture.Name + "-linux-gnu");
            var symbols = ElfSymbols.Read(scratch.Write("pool.o", new Assembler(target).ToObject(ThreadPool.Text("digits", architecture), "pool")));
            Assert.Equal(["digits_parallel_for"], symbols.Defined);
            Assert.All(symbols.Undefined, symbol => Assert.Contains(symbol, SystemLibrary.C.Functions));
        }
    }
}
