namespace Lathe.Ir;

/// <summary>The numbers that a stored weight stands for.</summary>
public static class Decoded
{
    /// <summary>In row-major order, as the format's formula reads them back.</summary>
    public static float[] Of(Value weight)
    {
        var made = new Value("numbers", new(weight.Type.Shape, Scalar.F32));
        var read = new Node(new Ops.Identity(), [weight], [made]);
        var result = Interpreter.Run(new Graph("decode", [], [read], [made]), [])[0];
        return result.Bytes.ToArray<float>();
    }
}
