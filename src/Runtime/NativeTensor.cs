using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>The C ABI's <c>lathe_tensor</c>: somebody else's memory and how to walk it.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeTensor
{
    /// <summary>The first element.</summary>
    public void* Data;

    /// <summary>Extents, outermost first; the run writes those of an output. Null where the rank is 0.</summary>
    public long* Shape;

    /// <summary>Elements per step of each axis; null when dense.</summary>
    public long* Strides;

    /// <summary>Bytes behind <see cref="Data"/>; a run that needs more answers with a code and the needed size here.</summary>
    public ulong Capacity;
}
