using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Lathe.Runtime;

/// <summary>
/// A compiled model, called through the entries that are alike for every model: tensors in arrays in the order of the contract,
/// dimensions as an array of int64. Stateless while it runs: any number of threads may run one artifact, each with its own workspace.
/// </summary>
public sealed unsafe class Artifact : IDisposable
{
    /// <summary>A workspace begins at a multiple of this many bytes.</summary>
    public const int WorkspaceAlignment = 64;

    private readonly ArtifactEntries entries;
    private readonly void* model;
    private readonly UnpackedPart? unpacked;
    private bool disposed;

    /// <summary>What the artifact says of itself.</summary>
    public Contract Contract { get; }

    private Artifact(ArtifactEntries entries, string file, string? weights, UnpackedPart? unpacked = null)
    {
        (this.entries, this.unpacked) = (entries, unpacked);
        try
        {
            Contract = Contract.Parse(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entries.Contract()).ToArray());
            if (Contract.Abi > NativeHost.CurrentAbi)
                throw new ArtifactException($"{file}: follows ABI {Contract.Abi}, this runtime knows up to {NativeHost.CurrentAbi}");
            void* opened;
            fixed (byte* path = weights is null ? null : Encoding.UTF8.GetBytes(weights + '\0')) Check(entries.Open(path, &opened));
            model = opened;
        }
        catch
        {
            entries.Dispose();
            throw;
        }
    }

    /// <summary>Loads <c>libNAME.so</c>, or the one part of a package (<c>NAME.lathe</c>) of a model of numbers.</summary>
    /// <param name="path">The shared library or package that <c>lathe compile</c> wrote.</param>
    /// <param name="weights">The file of weights; null: inside the library, or beside it. A package has its own inside.</param>
    /// <exception cref="ArtifactException">Not such a file, a later ABI, the weights are not the library's, or a package with work for the host, which <see cref="Package"/> opens.</exception>
    public static Artifact Open(string path, string? weights = null)
    {
        if (!File.Exists(path)) throw new ArtifactException($"no artifact at {path}");
        if (!path.EndsWith(Package.Ending, StringComparison.Ordinal)) return new(LoadedEntries.InFile(Path.GetFullPath(path), NameOf(path)), Path.GetFileName(path), weights);
        if (weights is not null) throw new ArgumentException($"{Path.GetFileName(path)} is a package, which has its weights inside", nameof(weights));
        var part = new UnpackedPart(path);
        try { return new(LoadedEntries.InFile(part.Library, NameOf(part.Library)), Path.GetFileName(path), null, part); }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Loads the library of a model that was built with an assembly, from where that assembly's native libraries are.</summary>
    /// <param name="name">The model's, which its functions begin with.</param>
    /// <exception cref="ArtifactException">There is none, or none for this machine.</exception>
    public static Artifact Load(string name, Assembly assembly, string? weights = null) => new(LoadedEntries.Of(assembly, name), name, weights);

    /// <summary>A model whose functions are in the program already, linked or loaded by other means.</summary>
    /// <param name="entries">Disposed with this.</param>
    public static Artifact Of(ArtifactEntries entries, string? weights = null) => new(entries, "the linked model", weights);

    /// <summary>Bytes one run needs at the given dimensions, one value for each of the contract's, in its order.</summary>
    public ulong WorkspaceBytes(ReadOnlySpan<long> dimensions)
    {
        CheckDimensions(dimensions);
        fixed (long* d = dimensions) return entries.WorkspaceBytes(d);
    }

    /// <summary>
    /// The extents of all inputs, then of all outputs, one after another, at the given dimensions; where they depend on data, their upper bounds.
    /// </summary>
    public void Shapes(ReadOnlySpan<long> dimensions, Span<long> extents)
    {
        CheckDimensions(dimensions);
        if (extents.Length < Contract.Extents) throw new ArgumentException($"{Contract.Extents} extents, room for {extents.Length}", nameof(extents));
        long none; // of a model of single numbers the list is empty, and yet a place
        fixed (long* d = dimensions)
        fixed (long* e = extents)
            Check(entries.Shapes(d, e is null ? &none : e));
    }

    /// <summary>Runs once. Allocates nothing; a wrong shape or too small a buffer is an error, never undefined.</summary>
    /// <param name="workspace">At least <see cref="WorkspaceBytes"/> bytes at a multiple of <see cref="WorkspaceAlignment"/>, used by no other run meanwhile.</param>
    /// <param name="host">Services for the run; null: on the calling thread alone.</param>
    /// <exception cref="ArtifactException">With the code and text of the artifact.</exception>
    public void Run(ReadOnlySpan<NativeTensor> inputs, Span<NativeTensor> outputs, ReadOnlySpan<long> dimensions, void* workspace, NativeHost* host)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        CheckDimensions(dimensions);
        if (inputs.Length != Contract.Inputs.Length || outputs.Length != Contract.Outputs.Length)
            throw new ArgumentException($"{Contract.Name}: {Contract.Inputs.Length} inputs and {Contract.Outputs.Length} outputs, given {inputs.Length} and {outputs.Length}");
        int code;
        NativeTensor none; // of a model without inputs the list is empty, and yet a place
        fixed (NativeTensor* x = inputs)
        fixed (NativeTensor* y = outputs)
        fixed (long* d = dimensions)
            code = entries.Invoke(model, x is null ? &none : x, y, d, workspace, host);
        if (code != 0) Check(code);
    }

    /// <summary>Unloads the library; no run may be under way.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        entries.Close(model);
        entries.Dispose();
        unpacked?.Dispose();
    }

    private void Check(int code)
    {
        if (code != 0) throw new ArtifactException(Marshal.PtrToStringUTF8((nint)entries.Error(code)) ?? $"error {code}", code);
    }

    private void CheckDimensions(ReadOnlySpan<long> dimensions)
    {
        if (dimensions.Length != Contract.Dimensions.Length)
            throw new ArgumentException($"{Contract.Name}: {Contract.Dimensions.Length} dimensions, given {dimensions.Length}", nameof(dimensions));
    }

    /// <summary>The model's name by its library's file: <c>libNAME.so</c>.</summary>
    public static string NameOf(string path)
    {
        var file = Path.GetFileNameWithoutExtension(path);
        return file.StartsWith("lib", StringComparison.Ordinal) ? file[3..] : file;
    }
}
