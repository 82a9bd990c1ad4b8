namespace Lathe.Onnx;

/// <summary>An operator of com.microsoft as ONNX Runtime's exporters and optimisers write it (its docs/ContribOperators.md).</summary>
internal abstract class MicrosoftForm(params Seq<string> operators) : ForeignForm("com.microsoft", operators);
