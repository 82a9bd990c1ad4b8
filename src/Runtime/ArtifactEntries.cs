namespace Lathe.Runtime;

/// <summary>
/// The functions of an artifact's C interface, wherever they are: in a library that is loaded, or linked into the program. What
/// Lathe.Build writes for NativeAOT derives from it; README.md lists what each function means.
/// </summary>
public abstract unsafe class ArtifactEntries : IDisposable
{
    /// <summary><c>NAME_open</c>.</summary>
    public abstract int Open(byte* weights, void** model);

    /// <summary><c>NAME_close</c>.</summary>
    public abstract void Close(void* model);

    /// <summary><c>NAME_shapes</c>.</summary>
    public abstract int Shapes(long* dimensions, long* extents);

    /// <summary><c>NAME_workspace_bytes</c>.</summary>
    public abstract ulong WorkspaceBytes(long* dimensions);

    /// <summary><c>NAME_invoke</c>.</summary>
    public abstract int Invoke(void* model, NativeTensor* inputs, NativeTensor* outputs, long* dimensions, void* workspace, NativeHost* host);

    /// <summary><c>NAME_error</c>.</summary>
    public abstract byte* Error(int code);

    /// <summary><c>NAME_contract</c>.</summary>
    public abstract byte* Contract();

    /// <summary>Gives the library back, where one was loaded.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the library back, where one was loaded.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
