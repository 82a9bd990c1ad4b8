using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Lathe.Runtime;

/// <summary>
/// An artifact with workspaces of its own: any number of threads call <see cref="Run"/> at once, over memory of theirs, and nothing is allocated. What
/// Lathe.Build writes of a model calls this; so may any program that knows names and types only when it runs.
/// </summary>
public sealed unsafe class CompiledModel : IDisposable
{
    private const int MostOnStack = 512;

    private readonly Artifact artifact;
    private readonly WorkspacePool pool = new();
    private readonly int[] places; // of the contract's dimensions, among those of a call
    private readonly long[]? shapes; // of a model without open dimensions
    private readonly ulong workspace;

    /// <param name="artifact">Disposed with this.</param>
    /// <param name="signature">What the caller was written for, as <see cref="Contract.Signature"/> has it; null: whatever it is.</param>
    /// <param name="dimensions">Names of the dimensions in the order that calls give them; default: the contract's.</param>
    /// <exception cref="ArtifactException">It is another model.</exception>
    public CompiledModel(Artifact artifact, string? signature = null, ImmutableArray<string> dimensions = default)
    {
        this.artifact = artifact;
        Dimensions = dimensions.IsDefault ? [.. Contract.Dimensions.Select(d => d.Name)] : dimensions;
        places = [.. Contract.Dimensions.Select(d => Dimensions.IndexOf(d.Name))];
        try
        {
            if (signature is not null && !Contract.Fits(signature))
                throw new ArtifactException($"{Contract.Name} is another model than its class was written for: the library has {Contract.Signature}, the class {signature}; build the project again");
            if (places.Contains(-1)) throw new ArgumentException($"{Contract.Name} has the dimensions {string.Join(", ", Contract.Dimensions.Select(d => d.Name))}", nameof(dimensions));
            if (places.Length > 0) return;
            artifact.Shapes([], shapes = new long[Contract.Extents]);
            workspace = artifact.WorkspaceBytes([]);
        }
        catch
        {
            artifact.Dispose();
            throw;
        }
    }

    /// <summary>Opens a shared library that <c>lathe compile</c> wrote, or a package of a model of numbers.</summary>
    /// <exception cref="ArtifactException">It is none for this machine.</exception>
    public static CompiledModel Open(string path, string? weights = null, string? signature = null, ImmutableArray<string> dimensions = default) =>
        new(Artifact.Open(path, weights), signature, dimensions);

    /// <summary>Opens the library of a model that was built with an assembly.</summary>
    /// <exception cref="ArtifactException">There is none, or none for this machine.</exception>
    public static CompiledModel Load(string name, Assembly assembly, string? signature = null, ImmutableArray<string> dimensions = default) =>
        new(Artifact.Load(name, assembly), signature, dimensions);

    /// <summary>What the artifact says of itself.</summary>
    public Contract Contract => artifact.Contract;

    /// <summary>Names of the dimensions in the order that calls give them.</summary>
    public ImmutableArray<string> Dimensions { get; }

    /// <summary>Bytes that a workspace of the caller's needs at these dimensions.</summary>
    public ulong WorkspaceBytes(params ReadOnlySpan<long> dimensions) => places.Length == 0 ? workspace : artifact.WorkspaceBytes(Ordered(dimensions, stackalloc long[places.Length]));

    /// <summary>The extents of input <paramref name="i"/> at these dimensions.</summary>
    public long[] InputShape(int i, params ReadOnlySpan<long> dimensions) => Shape(i, dimensions);

    /// <summary>The extents of output <paramref name="i"/> at these dimensions; where data decide them, their bounds.</summary>
    public long[] OutputShape(int i, params ReadOnlySpan<long> dimensions) => Shape(Contract.Inputs.Length + i, dimensions);

    /// <summary>Writes the extents of input <paramref name="i"/> at these dimensions; nothing is allocated.</summary>
    /// <param name="into">As long as the input has axes.</param>
    public void InputShapeTo(int i, ReadOnlySpan<long> dimensions, Span<long> into) => ShapeTo(i, Contract.Inputs[i], dimensions, into);

    /// <summary>Writes the extents of output <paramref name="i"/> at these dimensions, where data decide them their bounds; nothing is allocated.</summary>
    /// <param name="into">As long as the output has axes.</param>
    public void OutputShapeTo(int i, ReadOnlySpan<long> dimensions, Span<long> into) => ShapeTo(Contract.Inputs.Length + i, Contract.Outputs[i], dimensions, into);

    /// <summary>Elements of output <paramref name="i"/> at these dimensions, at most; nothing is allocated.</summary>
    public long OutputLength(int i, params ReadOnlySpan<long> dimensions)
    {
        Span<long> all = Contract.Extents <= MostOnStack ? stackalloc long[Contract.Extents] : new long[Contract.Extents];
        Extents(dimensions, all);
        return Count(all.Slice(Contract.Start(Contract.Inputs.Length + i), Contract.Outputs[i].Shape.Length));
    }

    /// <summary>Runs once, on this thread unless a host brings others.</summary>
    /// <param name="dimensions">In the order of <see cref="Dimensions"/>.</param>
    /// <param name="inputs">In the order of the contract; as many bytes as their shapes take.</param>
    /// <param name="outputs">In the order of the contract; at least as many bytes as their shapes take.</param>
    /// <param name="extents">Gets the extents of all outputs, one after another; may be empty.</param>
    /// <exception cref="ArtifactException">Memory or dimensions do not fit, or the run refused; with the code of the C interface.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    [SkipLocalsInit]
    public void Run(ReadOnlySpan<long> dimensions, ReadOnlySpan<TensorMemory> inputs, ReadOnlySpan<TensorMemory> outputs, Span<long> extents, in RunOptions options = default)
    {
        var contract = Contract;
        if (inputs.Length != contract.Inputs.Length || outputs.Length != contract.Outputs.Length)
            throw new ArgumentException($"{contract.Name}: {contract.Inputs.Length} inputs and {contract.Outputs.Length} outputs, given {inputs.Length} and {outputs.Length}");
        using var measured = Telemetry.Run(contract.Name);
        var dims = stackalloc long[places.Length];
        var ordered = Ordered(dimensions, new(dims, places.Length));
        var all = contract.Extents <= MostOnStack ? stackalloc long[contract.Extents] : new long[contract.Extents];
        Extents(dimensions, all);
        fixed (long* shape = all)
        {
            var tensors = stackalloc NativeTensor[inputs.Length + outputs.Length];
            for (var i = 0; i < inputs.Length; i++) tensors[i] = Placed(inputs[i], contract.Inputs[i], contract.Start(i), shape, ArtifactException.InputShape + i, "input", exact: true);
            for (var i = 0; i < outputs.Length; i++) tensors[inputs.Length + i] = Placed(outputs[i], contract.Outputs[i], contract.Start(inputs.Length + i), shape, ArtifactException.OutputCapacity + i, "output", exact: false);
            Call(new(tensors, inputs.Length), new(tensors + inputs.Length, outputs.Length), ordered, options);
        }
        if (extents.Length > 0) all[contract.Start(inputs.Length)..].CopyTo(extents);
    }

    /// <summary>Closes the artifact and frees the workspaces; no run may be under way.</summary>
    public void Dispose()
    {
        artifact.Dispose();
        pool.Dispose();
    }

    private void Call(ReadOnlySpan<NativeTensor> inputs, Span<NativeTensor> outputs, ReadOnlySpan<long> dimensions, in RunOptions options)
    {
        var needed = places.Length == 0 ? workspace : artifact.WorkspaceBytes(dimensions);
        if (options.Workspace is { } own && own.Bytes < needed) throw new ArtifactException($"{Contract.Name}: a run takes {needed} bytes of workspace, the caller's has {own.Bytes}", ArtifactException.BadWorkspace);
        var memory = options.Workspace is null ? pool.Rent(needed) : options.Workspace.Memory;
        try
        {
            if (!options.Cancellation.CanBeCanceled)
            {
                artifact.Run(inputs, outputs, dimensions, memory, options.Host is null ? null : options.Host.Native);
                return;
            }
            var services = new RunServices(options.Host, options.Cancellation);
            var native = RunServices.Native(ref services, options.Host);
            artifact.Run(inputs, outputs, dimensions, memory, &native);
        }
        catch (ArtifactException e) when (e.Code == ArtifactException.Cancelled && options.Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, options.Cancellation);
        }
        finally
        {
            if (options.Workspace is null) pool.Return(memory);
            GC.KeepAlive(options.Workspace);
        }
    }

    private NativeTensor Placed(TensorMemory memory, ContractTensor tensor, int start, long* shape, int code, string kind, bool exact)
    {
        var bytes = (ulong)tensor.Bytes(Count(new(shape + start, tensor.Shape.Length)));
        if (memory.Bytes < bytes || exact && memory.Bytes != bytes)
            throw new ArtifactException($"{Contract.Name}: {kind} '{tensor.Name}' is {tensor.Type}[{string.Join(", ", new Span<long>(shape + start, tensor.Shape.Length).ToArray())}] of {bytes} bytes, {memory.Bytes} are given", code);
        // An empty span has no place; what is never read may lie anywhere.
        return new() { Data = memory.Data == 0 ? shape : (void*)memory.Data, Shape = shape + start, Capacity = memory.Bytes };
    }

    private ReadOnlySpan<long> Ordered(ReadOnlySpan<long> given, Span<long> into)
    {
        if (given.Length != Dimensions.Length) throw new ArgumentException($"{Contract.Name}: the dimensions are {string.Join(", ", Dimensions)}, {given.Length} values are given");
        for (var i = 0; i < places.Length; i++) into[i] = given[places[i]];
        return into;
    }

    private void Extents(ReadOnlySpan<long> dimensions, Span<long> into)
    {
        if (shapes is not null) shapes.CopyTo(into);
        else artifact.Shapes(Ordered(dimensions, stackalloc long[places.Length]), into);
    }

    private long[] Shape(int tensor, ReadOnlySpan<long> dimensions)
    {
        var declared = tensor < Contract.Inputs.Length ? Contract.Inputs[tensor] : Contract.Outputs[tensor - Contract.Inputs.Length];
        var shape = new long[declared.Shape.Length];
        ShapeTo(tensor, declared, dimensions, shape);
        return shape;
    }

    private void ShapeTo(int tensor, ContractTensor declared, ReadOnlySpan<long> dimensions, Span<long> into)
    {
        Span<long> all = Contract.Extents <= MostOnStack ? stackalloc long[Contract.Extents] : new long[Contract.Extents];
        Extents(dimensions, all);
        all.Slice(Contract.Start(tensor), declared.Shape.Length).CopyTo(into);
    }

    private static long Count(ReadOnlySpan<long> extents)
    {
        var count = 1L;
        foreach (var extent in extents) count = checked(count * extent);
        return count;
    }
}
