using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>The C ABI's <c>lathe_host</c>: what an artifact may ask of the program that runs it. A null function is a service not offered.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeHost
{
    /// <summary>The version of <c>lathe.h</c> that this layout follows.</summary>
    public const uint CurrentAbi = 1;

    /// <summary>Bytes of this structure: a longer one of a later version still begins with these fields.</summary>
    public uint Size;

    /// <summary><see cref="CurrentAbi"/>.</summary>
    public uint Abi;

    /// <summary>Handed to every function below.</summary>
    public void* User;

    /// <summary><c>(user, count, body, argument)</c>: calls <c>body(argument, i)</c> for every i below count, in any order, and returns when all are done.</summary>
    public delegate* unmanaged<void*, long, delegate* unmanaged<void*, long, void>, void*, void> ParallelFor;

    /// <summary><c>(user)</c>: other than 0 ends the run; asked between kernels.</summary>
    public delegate* unmanaged<void*, int> Cancelled;

    /// <summary><c>(user, kernel, begin)</c>: begin is 1 before a kernel and 0 after it.</summary>
    public delegate* unmanaged<void*, int, int, void> Kernel;
}
