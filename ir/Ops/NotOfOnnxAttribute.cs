namespace Lathe.Ir;

/// <summary>Marks an operator that importing makes and no model can name: ONNX has none of its name and meaning.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NotOfOnnxAttribute : Attribute;
