using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lathe.Ir;
using static Lathe.Ir.Expr;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

public sealed unsafe class ParallelTests
{
    /// <summary>A host that runs iterations on this thread, the last first, and counts them.</summary>
    private static void WithHost(bool parallel, Action<nint, Func<long>> use)
    {
        var iterations = Bytes.Zeros(8);
        nint threads = parallel ? (nint)(delegate* unmanaged[Cdecl]<long*, long, delegate* unmanaged[Cdecl]<nint, long, void>, nint, void>)&Backwards : 0;
        var host = Bytes.Of<nint>([40 | (nint)1 << 32, iterations.Address, threads, 0, 0]);
        use(host.Address, () => iterations.ToArray<long>()[0]);
        GC.KeepAlive(iterations);
        GC.KeepAlive(host);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Backwards(long* user, long count, delegate* unmanaged[Cdecl]<nint, long, void> body, nint argument)
    {
        for (var i = count - 1; i >= 0; i--, ++*user) body(argument, i);
    }

    private static readonly Buffer X = new("x", Scalar.F32, [3, 6, 24]), Y = new("y", Scalar.F32, [3, 6, 24]);

    [Fact]
    public void Iterations_go_to_the_host()
    {
        // A loop around, a scratch and a sum outside, a slice for each iteration inside, a parallel loop inside that is plain.
        Buffer sum = new("sum", Scalar.F32, [], Space.Registers), row = new("row", Scalar.F32, [24], Space.Arena), all = new("all", Scalar.F32, [24], Space.Arena);
        var kernel = Kernel.Over("hosted", [Y], For("o", 3, o => new Scratch(sum, new Scratch(all, Do(
            sum.Set([], Sum([24], k => X[o, 0, k[0]])),
            For("j", 24, j => all.Set([j], X[o, 5, j])),
            Parallel("i", 6, i => new Scratch(row, Do(
                For("j", 24, j => row.Set([j], X[o, i, j] + all[23 - j])),
                Parallel("j", 24, j => Y.Set([o, i, j], row[23 - j] * sum[[]] + (o * 10 + i).As(Scalar.F32)))))))))));
        WithHost(true, (host, iterations) =>
        {
            KernelCheck.Agrees(kernel, tolerance: 1e-5, host: host);
            Assert.Equal(18, iterations());
        });
        WithHost(false, (host, iterations) => KernelCheck.Agrees(kernel, tolerance: 1e-5, host: host));
    }

    [Fact]
    public void Extents_of_parallel_loops_may_be_symbols_and_zero()
    {
        var n = Symbol.Of("n", 0, 6);
        var kernel = Kernel.Over("symbolic", [Y], Do(For("o", 3, o => For("i", 6, i => For("j", 24, j => Y.Set([o, i, j], 0)))), For("o", 3, o => Parallel("i", n, i => For("j", n * 4, j => Y.Set([o, i, j], X[o, n - i - 1, j]))))));
        foreach (var count in new[] { 0, 1, 6 })
            WithHost(true, (host, iterations) =>
            {
                KernelCheck.Agrees(kernel, new Dictionary<string, long> { ["n"] = count }, host: host);
                Assert.Equal(count > 1 ? 3 * count : 0, iterations()); // for one iteration the host is not asked
            });
    }
}
