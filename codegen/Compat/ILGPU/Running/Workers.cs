namespace ILGPU.Running;

/// <summary>
/// Threads that play the threads of a group, all at once: a barrier needs everybody, so the .NET pool, which may run a few at a time, will not do.
/// They are kept between launches. One group runs at a time.
/// </summary>
internal static class Workers
{
    private const int StackBytes = 256 * 1024;
    private static readonly List<Worker> All = [];
    private static readonly Lock OneAtATime = new();

    public static void Run(int count, Action<int> work)
    {
        lock (OneAtATime)
        {
            while (All.Count < count)
                All.Add(new Worker());
            using var done = new CountdownEvent(count);
            for (var index = 0; index < count; index++)
            {
                var mine = index;
                All[index].Start(() =>
                {
                    work(mine);
                    done.Signal();
                });
            }
            done.Wait();
        }
    }

    private sealed class Worker
    {
        private readonly SemaphoreSlim go = new(0);
        private Action work = () => { };

        public Worker() => new Thread(Serve, StackBytes) { IsBackground = true, Name = "ILGPU subset" }.Start();

        public void Start(Action next)
        {
            work = next;
            go.Release();
        }

        private void Serve()
        {
            while (true)
            {
                go.Wait();
                work();
            }
        }
    }
}
