using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Lathe.Runtime.Tensors;

/// <summary>Runs of a <see cref="CompiledModel"/> over tensors.</summary>
public static class ModelTensors
{
    /// <summary>A tensor of zeros in the shape of input <paramref name="i"/> at these dimensions, pinned, so that <see cref="TensorElements.Memory"/> can name its place.</summary>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static Tensor<T> CreateInput<T>(this CompiledModel model, int i, params ReadOnlySpan<long> dimensions) where T : unmanaged => Create<T>(model.Contract.Inputs[i], "input", model.InputShape(i, dimensions));

    /// <summary>The same for output <paramref name="i"/>; where data decide its extents, with their bounds.</summary>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static Tensor<T> CreateOutput<T>(this CompiledModel model, int i, params ReadOnlySpan<long> dimensions) where T : unmanaged => Create<T>(model.Contract.Outputs[i], "output", model.OutputShape(i, dimensions));

    /// <summary>Runs a model of one input and one output. Open dimensions are those of the input's shape.</summary>
    /// <param name="input">Dense, in the shape that the model takes.</param>
    /// <param name="output">Dense, in the shape that the model gives at these dimensions.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or the model has more inputs or outputs.</exception>
    /// <exception cref="ArtifactException">The run refused; with the code of the C interface.</exception>
    public static unsafe void Run<TIn, TOut>(this CompiledModel model, in ReadOnlyTensorSpan<TIn> input, in TensorSpan<TOut> output, in RunOptions options = default) where TIn : unmanaged where TOut : unmanaged
    {
        var contract = model.Contract;
        if (contract.Inputs is not [var taken] || contract.Outputs is not [var given]) throw new ArgumentException($"{contract.Name} has {contract.Inputs.Length} inputs and {contract.Outputs.Length} outputs: run it over Memory() of each");
        ElementType.Check<TIn>(taken, "input");
        ElementType.Check<TOut>(given, "output");
        Span<long> dimensions = stackalloc long[model.Dimensions.Length];
        Named(model, taken, input.Lengths, dimensions);
        Span<long> shape = stackalloc long[Math.Max(taken.Shape.Length, given.Shape.Length)];
        model.InputShapeTo(0, dimensions, shape);
        Lengths.Check(input.Lengths, shape[..taken.Shape.Length], taken, "input");
        model.OutputShapeTo(0, dimensions, shape);
        Lengths.Check(output.Lengths, shape[..given.Shape.Length], given, "output");
        ReadOnlySpan<TIn> from = input.Elements();
        Span<TOut> to = output.Elements();
        fixed (TIn* first = &MemoryMarshal.GetReference(from))
        fixed (TOut* last = &MemoryMarshal.GetReference(to))
            model.Run(dimensions, [new(first, (ulong)from.Length * (ulong)sizeof(TIn))], [new(last, (ulong)to.Length * (ulong)sizeof(TOut))], [], options);
    }

    private static Tensor<T> Create<T>(ContractTensor tensor, string kind, ReadOnlySpan<long> extents) where T : unmanaged
    {
        ElementType.Check<T>(tensor, kind);
        return Tensor.CreateFromShape<T>(Lengths.Of(extents, stackalloc nint[extents.Length]), pinned: true);
    }

    /// <summary>The extents of open dimensions, as the axes of an input that are named after them have them.</summary>
    private static void Named(CompiledModel model, ContractTensor tensor, ReadOnlySpan<nint> lengths, Span<long> dimensions)
    {
        if (lengths.Length != tensor.Shape.Length) throw new ArgumentException($"input '{tensor.Name}' has {tensor.Shape.Length} axes, the tensor {lengths.Length}");
        for (var i = 0; i < dimensions.Length; i++)
        {
            var axis = tensor.Shape.IndexOf(model.Dimensions[i]);
            dimensions[i] = axis >= 0 ? lengths[axis] : throw new ArgumentException($"no axis of input '{tensor.Name}' is {model.Dimensions[i]}: run {model.Contract.Name} over Memory() of its tensors, with its dimensions");
        }
    }
}
