using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.OnnxTests.Backend;

/// <summary>A copy of a model whose inputs' extents are open: each is a name of its own, but for the lengths of vectors of whole numbers.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lathe-open-");

    public OpenModel(string path)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (var input in model.Graph.Input.Where(i => i.Type?.TensorType?.Shape is not null))
        {
            var (kind, dims) = (ElementKinds.Of(input.Type.TensorType.ElemType), input.Type.TensorType.Shape.Dim);
            if (dims.Count == 1 && kind is { IsInteger: true }) continue;
            for (var axis = 0; axis < dims.Count; axis++) dims[axis] = new() { DimParam = $"{input.Name}_{axis}" };
        }
        Path = System.IO.Path.Combine(folder.FullName, "model.onnx");
        File.WriteAllBytes(Path, model.ToByteArray());
    }

    public string Path { get; }

    public void Dispose() => folder.Delete(true);
}
