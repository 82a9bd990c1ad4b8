using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>Scratch memory of runs, one at a time: outside the managed heap, aligned as a run wants it.</summary>
public sealed unsafe class Workspace : IDisposable
{
    private void* memory;

    /// <param name="bytes">At least what <see cref="CompiledModel.WorkspaceBytes"/> says of the largest run.</param>
    public Workspace(ulong bytes)
    {
        Bytes = bytes;
        memory = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Artifact.WorkspaceAlignment);
    }

    /// <summary>Frees memory that was not disposed of.</summary>
    ~Workspace() => Free();

    /// <summary>How large it is.</summary>
    public ulong Bytes { get; }

    /// <summary>Its first byte.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public void* Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory is null, this);
            return memory;
        }
    }

    /// <summary>Frees the memory; no run may be under way in it.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (memory is not null) NativeMemory.AlignedFree(memory);
        memory = null;
    }
}
