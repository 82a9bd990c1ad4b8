using System.Runtime.InteropServices;

namespace Lathe.Runtime;

/// <summary>
/// An artifact at fixed dimensions with memory of its own: fill the inputs, run, read the outputs, again and again without allocation.
/// Used by one thread at a time; make one for each thread.
/// </summary>
public sealed unsafe class Invocation : IDisposable
{
    private readonly Artifact artifact;
    private readonly long[] dimensions;
    private readonly NativeTensor[] inputs, outputs;
    private readonly List<nint> owned = [];
    private readonly void* workspace;

    /// <param name="dimensions">A value for each dimension of the contract, in its order.</param>
    public Invocation(Artifact artifact, params ReadOnlySpan<long> dimensions)
    {
        this.artifact = artifact;
        this.dimensions = dimensions.ToArray();
        var contract = artifact.Contract;
        var extents = new long[contract.Extents];
        artifact.Shapes(dimensions, extents);

        var rest = extents.AsSpan();
        inputs = new NativeTensor[contract.Inputs.Length];
        outputs = new NativeTensor[contract.Outputs.Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = Allocate(contract.Inputs[i], ref rest);
        for (var i = 0; i < outputs.Length; i++) outputs[i] = Allocate(contract.Outputs[i], ref rest);
        WorkspaceBytes = artifact.WorkspaceBytes(dimensions);
        workspace = Memory(WorkspaceBytes);
    }

    /// <summary>What the artifact says of itself.</summary>
    public Contract Contract => artifact.Contract;

    /// <summary>Bytes of scratch memory behind each run.</summary>
    public ulong WorkspaceBytes { get; }

    /// <summary>The extents of input <paramref name="i"/>.</summary>
    public ReadOnlySpan<long> InputShape(int i) => Shape(inputs[i], artifact.Contract.Inputs[i]);

    /// <summary>The extents of output <paramref name="i"/>, as the last run wrote them; before the first run, their bounds.</summary>
    public ReadOnlySpan<long> OutputShape(int i) => Shape(outputs[i], artifact.Contract.Outputs[i]);

    /// <summary>The elements of input <paramref name="i"/>, dense, to be filled.</summary>
    public Span<T> Input<T>(int i) where T : unmanaged => Elements<T>(inputs[i], artifact.Contract.Inputs[i]);

    /// <summary>The elements of output <paramref name="i"/>, dense.</summary>
    public ReadOnlySpan<T> Output<T>(int i) where T : unmanaged => Elements<T>(outputs[i], artifact.Contract.Outputs[i]);

    /// <summary>Runs once.</summary>
    public void Run(Host? host = null) => artifact.Run(inputs, outputs, dimensions, workspace, host is null ? null : host.Native);

    /// <summary>Frees the memory: spans taken from here end to be valid.</summary>
    public void Dispose()
    {
        foreach (var block in owned) NativeMemory.AlignedFree((void*)block);
        owned.Clear();
    }

    private NativeTensor Allocate(ContractTensor tensor, ref Span<long> extents)
    {
        var shape = (long*)Memory((ulong)tensor.Shape.Length * sizeof(long));
        var count = 1L;
        for (var axis = 0; axis < tensor.Shape.Length; axis++) count = checked(count * (shape[axis] = extents[axis]));
        extents = extents[tensor.Shape.Length..];
        var capacity = (ulong)tensor.Bytes(count);
        return new() { Data = Memory(capacity), Shape = shape, Capacity = capacity };
    }

    private void* Memory(ulong bytes)
    {
        var block = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Artifact.WorkspaceAlignment);
        NativeMemory.Clear(block, (nuint)bytes);
        owned.Add((nint)block);
        return block;
    }

    private static ReadOnlySpan<long> Shape(NativeTensor tensor, ContractTensor declared) => new(tensor.Shape, declared.Shape.Length);

    private static Span<T> Elements<T>(NativeTensor tensor, ContractTensor declared) where T : unmanaged
    {
        var count = 1L;
        foreach (var extent in Shape(tensor, declared)) count *= extent;
        return new(tensor.Data, checked((int)(declared.Bytes(count) / sizeof(T))));
    }
}
