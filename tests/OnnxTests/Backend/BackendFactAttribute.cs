namespace Lathe.OnnxTests.Backend;

/// <summary>A test that needs ONNX's backend cases, which lie beside the checkout and not in it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BackendFactAttribute : FactAttribute
{
    public BackendFactAttribute() => Skip = BackendCases.Folder is null ? "ONNX's backend cases are not at ../shared/onnx-backend" : null;
}
