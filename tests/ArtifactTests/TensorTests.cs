using System.Numerics.Tensors;
using Lathe.Runtime;
using Lathe.Runtime.Tensors;

namespace Lathe.ArtifactTests;

/// <summary>Lathe.Runtime.Tensors: tensors of .NET in and out, over the same memory as spans.</summary>
public sealed class TensorTests(CompiledModelTests.Libraries libraries) : IClassFixture<CompiledModelTests.Libraries>
{
    private const int Points = 42;

    [Fact]
    public void A_model_runs_over_tensors_as_over_spans_and_allocates_nothing()
    {
        using var model = CompiledModel.Open(libraries.Digits);
        var image = model.CreateInput<float>(0);
        var (scores, spanned) = (model.CreateOutput<float>(0), model.CreateOutput<float>(0));
        Assert.Equal([1, 1, 28, 28], image.Lengths.ToArray());
        for (var i = 0; i < 784; i++) image.Elements()[i] = i % 251;
        model.Run([], [image.Memory()], [spanned.Memory()], []);
        model.Run<float, float>(image, scores);
        Assert.Contains(scores.Elements().ToArray(), score => score != 0);
        Assert.Equal(spanned.Elements().ToArray(), scores.Elements().ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) model.Run<float, float>(image, scores);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_open_dimension_is_that_of_the_tensor()
    {
        using var model = CompiledModel.Open(libraries.Gestures);
        var points = Tensor.Create(Enumerable.Range(0, 5 * Points).Select(i => MathF.Cos(i)).ToArray(), [5, Points]);
        var (all, one) = (model.CreateOutput<long>(0, 5), model.CreateOutput<long>(0, 1));
        model.Run<float, long>(points, all);
        for (var i = 0; i < 5; i++)
        {
            model.Run<float, long>(new ReadOnlyTensorSpan<float>(points.Elements().Slice(i * Points, Points), [1, Points]), one);
            Assert.Equal(all[i], one[0]);
        }
    }

    [Fact]
    public void An_invocation_has_its_memory_as_tensors()
    {
        using var artifact = Artifact.Open(libraries.Digits);
        using var invocation = new Invocation(artifact);
        invocation.InputTensor<float>(0)[0, 0, 27, 3] = 8;
        Assert.Equal(8, invocation.Input<float>(0)[27 * 28 + 3]);
        invocation.Run();
        Assert.Equal([1, 10], invocation.OutputTensor<float>(0).Lengths.ToArray());
        Assert.Equal(invocation.Output<float>(0).ToArray(), invocation.OutputTensor<float>(0).Elements().ToArray());
        Assert.Equal("input 'Input3' has elements of f32, which Single holds, not Int32", Assert.Throws<ArgumentException>(() => { _ = invocation.InputTensor<int>(0); }).Message);
    }

    [Fact]
    public void What_does_not_fit_is_said_with_both_shapes()
    {
        using var model = CompiledModel.Open(libraries.Digits);
        var (image, scores) = (model.CreateInput<float>(0), model.CreateOutput<float>(0));
        Assert.Equal("input 'Input3' is f32[1, 1, 28, 28], the tensor has the shape [1, 28, 28, 1]", Assert.Throws<ArgumentException>(() => model.Run<float, float>(Tensor.CreateFromShape<float>([1, 28, 28, 1]), scores)).Message);
        Assert.Equal("output 'Plus214_Output_0' is f32[1, 10], the tensor has the shape [10]", Assert.Throws<ArgumentException>(() => model.Run<float, float>(image, Tensor.CreateFromShape<float>([10]))).Message);
        Assert.Contains("has elements of f32, which Single holds, not Double", Assert.Throws<ArgumentException>(() => model.CreateOutput<double>(0)).Message, StringComparison.Ordinal);
        var wide = Tensor.CreateFromShape<float>([1, 1, 28, 30]);
        Assert.Contains("is not dense", Assert.Throws<ArgumentException>(() => model.Run<float, float>(wide.Slice([0..1, 0..1, 0..28, 0..28]), scores)).Message, StringComparison.Ordinal);
        Assert.Contains("is not pinned", Assert.Throws<ArgumentException>(() => Tensor.CreateFromShape<float>([3]).Memory()).Message, StringComparison.Ordinal);
    }
}
