namespace Lathe.Onnx;

/// <summary>An operator of ai.onnx.ml: what classical models are made of.</summary>
internal abstract class ClassicForm(params Seq<string> operators) : ForeignForm("ai.onnx.ml", operators)
{
    /// <summary>The number that ONNX gives a kind of element.</summary>
    protected static long To(Scalar kind) => ElementKinds.Number(kind);

    /// <summary>An operand as f32, or as f64 where it is that.</summary>
    protected static (string Value, Scalar Kind) Real(Chain chain, string value, Scalar kind) => kind is Scalar.F32 or Scalar.F64 ? (value, kind) : (chain.Add("Cast", [value], ("to", To(Scalar.F32))), Scalar.F32);

    /// <summary>Rows of features; features alone are one row.</summary>
    protected static (string Value, Scalar Kind) Rows(Chain chain, RaiseScope scope, string value)
    {
        var type = scope.Type(value);
        return Real(chain, type.Rank == 1 ? chain.Add("Unsqueeze", [value, chain.Wholes(0)]) : value, type.Scalar);
    }
}
