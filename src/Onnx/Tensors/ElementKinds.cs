namespace Lathe.Onnx;

/// <summary>ONNX's numbers for kinds of element (TensorProto.DataType).</summary>
internal static class ElementKinds
{
    /// <summary>By ONNX's number; 0 is UNDEFINED.</summary>
    private static readonly Scalar?[] Kinds =
    [
        null, Scalar.F32, Scalar.U8, Scalar.I8, Scalar.U16, Scalar.I16, Scalar.I32, Scalar.I64, Scalar.String, Scalar.Bool,
        Scalar.F16, Scalar.F64, Scalar.U32, Scalar.U64, Scalar.C64, Scalar.C128, Scalar.BF16,
        Scalar.F8E4M3FN, Scalar.F8E4M3FNUZ, Scalar.F8E5M2, Scalar.F8E5M2FNUZ, Scalar.U4, Scalar.I4, Scalar.F4E2M1, Scalar.F8E8M0, Scalar.U2, Scalar.I2,
    ];

    /// <summary>The kind with this number, or null where ONNX defines none.</summary>
    public static Scalar? Of(long number) => number >= 0 && number < Kinds.Length ? Kinds[number] : null;

    public static int Number(Scalar kind) => Array.IndexOf(Kinds, kind);
}
