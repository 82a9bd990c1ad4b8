using Lathe.Ir;
using Lathe.Onnx;
using Xunit.Abstractions;

namespace Lathe.UnitTests.Onnx;

/// <summary>Real models, where they are at hand.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private static readonly string Shared = Path.Join(Repository.Checkout.Root, "..", "shared", "models");

    [Theory]
    [InlineData("mnist_cntk", "tensor<1x10, f32>")]
    [InlineData("opt_mnist", "tensor<1x10, f32>")]
    [InlineData("mobilenet_digits", "tensor<[N, 10], f32>")]
    public void Models_load_with_their_types(string name, string type)
    {
        if (Path.Join(Shared, name, "model.onnx") is var path && !File.Exists(path))
        {
            output.WriteLine($"skipped: {name} is not among the shared models here");
            return;
        }
        var result = OnnxModel.Load(path);
        foreach (var warning in result.Warnings) output.WriteLine(warning.ToString());
        Assert.Equal(type, result.Graph.Outputs[0].Type.ToString());
    }
}
