using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Where the threads of a group must wait for each other: before a loop over them that meets what another thread may still store, or read, behind the last wait.</summary>
/// <remarks>Registers are a thread's own; one that reads another's does so in step with its warp.</remarks>
internal sealed class Barriers
{
    private readonly HashSet<Stmt> waits = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Buffer> stored = [], read = [];

    private readonly Func<Buffer, bool> isExchanged;

    /// <param name="body">What one group does.</param>
    /// <param name="isExchanged">Whether registers are memory that threads read of one another; null: none are.</param>
    public Barriers(Stmt body, Func<Buffer, bool>? isExchanged = null)
    {
        this.isExchanged = isExchanged ?? (_ => false);
        Walk(body);
        Changed = [.. body.All.OfType<Store>().Select(s => s.Buffer).Where(IsCommon).Distinct()];
    }

    /// <summary>Buffers that other threads may have changed behind a wait.</summary>
    public Seq<Buffer> Changed { get; }

    public bool IsBefore(Loop threads) => waits.Contains(threads);

    private void Walk(Stmt stmt)
    {
        switch (stmt)
        {
            case Loop { Kind: LoopKind.Threads } threads: Enter(threads); break;
            case Loop loop:
                // The second time meets what the first left: an iteration follows another. There may be none, and none of its waits.
                Perhaps(() =>
                {
                    Walk(loop.Body);
                    Walk(loop.Body);
                });
                break;
            case Guard guard: Perhaps(() => Walk(guard.Body)); break;
            default:
                foreach (var inner in stmt.Inner) Walk(inner);
                break;
        }
    }

    /// <summary>What may be passed over: what was open before it still is.</summary>
    private void Perhaps(Action walk)
    {
        Buffer[] open = [.. stored], seen = [.. read];
        walk();
        stored.UnionWith(open);
        read.UnionWith(seen);
    }

    private void Enter(Loop threads)
    {
        var stores = threads.All.OfType<Store>().Select(s => s.Buffer).Where(IsCommon).ToHashSet();
        var reads = threads.Loads.Select(l => l.Buffer).Where(IsCommon).ToHashSet();
        if (waits.Contains(threads) || reads.Overlaps(stored) || stores.Overlaps(stored) || stores.Overlaps(read))
        {
            waits.Add(threads);
            stored.Clear();
            read.Clear();
        }
        stored.UnionWith(stores);
        read.UnionWith(reads);
    }

    private bool IsCommon(Buffer buffer) => buffer.Space != Space.Registers || isExchanged(buffer);
}
