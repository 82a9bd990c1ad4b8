using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lathe.Runtime.Tensors;

/// <summary>The elements of tensors as spans, which is what the class of a model takes: <c>digits.Run(image.Elements(), scores.Elements())</c>. Nothing is copied.</summary>
public static class TensorElements
{
    /// <summary>All elements, the last axis fastest.</summary>
    /// <exception cref="ArgumentException">It is not dense: a slice or a transposed view has gaps or another order.</exception>
    public static ReadOnlySpan<T> Elements<T>(this scoped in ReadOnlyTensorSpan<T> tensor) =>
        MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), Count(tensor.IsDense, tensor.FlattenedLength));

    /// <inheritdoc cref="Elements{T}(in ReadOnlyTensorSpan{T})"/>
    public static Span<T> Elements<T>(this scoped in TensorSpan<T> tensor) => MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), Count(tensor.IsDense, tensor.FlattenedLength));

    /// <inheritdoc cref="Elements{T}(in ReadOnlyTensorSpan{T})"/>
    public static Span<T> Elements<T>(this Tensor<T> tensor) => tensor.AsTensorSpan().Elements();

    /// <summary>Where a tensor is, for <see cref="CompiledModel.Run"/>: valid as long as the tensor is alive, which <see cref="GC.KeepAlive"/> behind the run makes sure of.</summary>
    /// <exception cref="ArgumentException">It is not dense, or not pinned: <see cref="ModelTensors.CreateInput"/> and <see cref="ModelTensors.CreateOutput"/> make such that are.</exception>
    public static unsafe TensorMemory Memory<T>(this Tensor<T> tensor) where T : unmanaged
    {
        if (!tensor.IsPinned && tensor.FlattenedLength > 0) throw new ArgumentException("the tensor is not pinned: the garbage collector may move it; make it with pinned: true", nameof(tensor));
        var elements = tensor.Elements();
        return new(Unsafe.AsPointer(ref MemoryMarshal.GetReference(elements)), (ulong)elements.Length * (ulong)sizeof(T));
    }

    private static int Count(bool dense, nint length) =>
        dense || length == 0 ? checked((int)length) : throw new ArgumentException("the tensor is not dense: a slice or a transposed view has gaps or another order; ToDenseTensor copies it");
}
