using System.Numerics.Tensors;

namespace Lathe.Runtime.Tensors;

/// <summary>The memory of an <see cref="Invocation"/> as tensors: nothing is copied, nothing allocated.</summary>
public static class InvocationTensors
{
    /// <summary>Input <paramref name="i"/>, to be filled; valid until the invocation is disposed.</summary>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static TensorSpan<T> InputTensor<T>(this Invocation invocation, int i) where T : unmanaged
    {
        ElementType.Check<T>(invocation.Contract.Inputs[i], "input");
        return new(invocation.Input<T>(i), Lengths.Of(invocation.InputShape(i), stackalloc nint[invocation.Contract.Inputs[i].Shape.Length]));
    }

    /// <summary>Output <paramref name="i"/> in the shape that the last run gave it; valid until the next run.</summary>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static ReadOnlyTensorSpan<T> OutputTensor<T>(this Invocation invocation, int i) where T : unmanaged
    {
        ElementType.Check<T>(invocation.Contract.Outputs[i], "output");
        return new(invocation.Output<T>(i), Lengths.Of(invocation.OutputShape(i), stackalloc nint[invocation.Contract.Outputs[i].Shape.Length]));
    }
}
