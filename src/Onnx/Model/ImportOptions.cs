namespace Lathe.Onnx;

/// <summary>How to read a model.</summary>
/// <param name="Dims">Dimensions that are bound to a number or a range.</param>
/// <param name="Constants">Inputs whose contents are known when compiling: they become weights. Operands that decide a shape (axes, pads, sizes) must be known so.</param>
/// <param name="Max">Bounds of numbers that a run decides, by name.</param>
public sealed record ImportOptions(Seq<DimBinding> Dims = default, Seq<(string Input, Tensor Contents)> Constants = default, Seq<MaxBinding> Max = default);
