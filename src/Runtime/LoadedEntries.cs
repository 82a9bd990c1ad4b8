using System.Reflection;
using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>The functions of an artifact in a shared library, which stays loaded until this is disposed.</summary>
internal sealed unsafe class LoadedEntries : ArtifactEntries
{
    private readonly string file;
    private readonly nint library;
    private readonly delegate* unmanaged<byte*, void**, int> open;
    private readonly delegate* unmanaged<void*, void> close;
    private readonly delegate* unmanaged<long*, long*, int> shapes;
    private readonly delegate* unmanaged<long*, ulong> workspaceBytes;
    private readonly delegate* unmanaged<void*, NativeTensor*, NativeTensor*, long*, void*, NativeHost*, int> invoke;
    private readonly delegate* unmanaged<int, byte*> error;
    private readonly delegate* unmanaged<byte*> contract;
    private bool disposed;

    private LoadedEntries(string file, nint library, string name)
    {
        (this.file, this.library) = (file, library);
        try
        {
            open = (delegate* unmanaged<byte*, void**, int>)Entry(name, "open");
            close = (delegate* unmanaged<void*, void>)Entry(name, "close");
            shapes = (delegate* unmanaged<long*, long*, int>)Entry(name, "shapes");
            workspaceBytes = (delegate* unmanaged<long*, ulong>)Entry(name, "workspace_bytes");
            invoke = (delegate* unmanaged<void*, NativeTensor*, NativeTensor*, long*, void*, NativeHost*, int>)Entry(name, "invoke");
            error = (delegate* unmanaged<int, byte*>)Entry(name, "error");
            contract = (delegate* unmanaged<byte*>)Entry(name, "contract");
        }
        catch
        {
            NativeLibrary.Free(library);
            throw;
        }
    }

    /// <summary>The library in this file.</summary>
    public static LoadedEntries InFile(string path, string name) =>
        NativeLibrary.TryLoad(path, out var library) ? new(Path.GetFileName(path), library, name) : throw new ArtifactException($"{Path.GetFileName(path)} is no shared library for this machine");

    /// <summary>The library that lies where an assembly's native libraries do: beside it, or in the package that it came in.</summary>
    public static LoadedEntries Of(Assembly assembly, string name) =>
        NativeLibrary.TryLoad(name, assembly, null, out var library) ? new(name, library, name)
        : throw new ArtifactException($"the compiled model {name} is not beside {assembly.GetName().Name}, or is none for this machine: Lathe.Build copies it to the output of the project that has the model");

    public override int Open(byte* weights, void** model) => open(weights, model);
    public override void Close(void* model) => close(model);
    public override int Shapes(long* dimensions, long* extents) => shapes(dimensions, extents);
    public override ulong WorkspaceBytes(long* dimensions) => workspaceBytes(dimensions);
    public override int Invoke(void* model, NativeTensor* inputs, NativeTensor* outputs, long* dimensions, void* workspace, NativeHost* host) => invoke(model, inputs, outputs, dimensions, workspace, host);
    public override byte* Error(int code) => error(code);
    public override byte* Contract() => contract();

    protected override void Dispose(bool disposing)
    {
        if (disposed) return;
        disposed = true;
        NativeLibrary.Free(library);
    }

    private nint Entry(string name, string function) =>
        NativeLibrary.TryGetExport(library, $"{name}_{function}", out var address)
            ? address
            : throw new ArtifactException($"{file} has no {name}_{function}: not written by lathe compile, or its file was renamed");
}
