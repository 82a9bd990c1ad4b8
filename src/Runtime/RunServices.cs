using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>The services of one run that a token may end. It lives on the stack of the run, which does not move, so nothing is allocated or pinned for it.</summary>
internal unsafe struct RunServices(Host? host, CancellationToken cancellation)
{
    private readonly Host? host = host;
    private readonly CancellationToken cancellation = cancellation;

    /// <summary>The C structure over services that are a local of the caller's: it holds until the caller returns.</summary>
    public static NativeHost Native(ref RunServices services, Host? host)
    {
        var native = new NativeHost { Size = (uint)sizeof(NativeHost), Abi = NativeHost.CurrentAbi, User = Unsafe.AsPointer(ref services), Cancelled = &Cancelled };
        if (host is not null && host.Native->ParallelFor is not null) native.ParallelFor = &ParallelFor;
        if (host is not null && host.Native->Kernel is not null) native.Kernel = &Kernel;
        return native;
    }

    private static ref RunServices Of(void* user) => ref Unsafe.AsRef<RunServices>(user);

    [UnmanagedCallersOnly]
    private static int Cancelled(void* user)
    {
        ref var services = ref Of(user);
        if (services.cancellation.IsCancellationRequested) return 1;
        return services.host is { } host && host.Native->Cancelled is not null ? host.Native->Cancelled(host.Native->User) : 0;
    }

    [UnmanagedCallersOnly]
    private static void ParallelFor(void* user, long count, delegate* unmanaged<void*, long, void> body, void* argument)
    {
        var native = Of(user).host!.Native;
        native->ParallelFor(native->User, count, body, argument);
    }

    [UnmanagedCallersOnly]
    private static void Kernel(void* user, int kernel, int begin)
    {
        var native = Of(user).host!.Native;
        native->Kernel(native->User, kernel, begin);
    }
}
