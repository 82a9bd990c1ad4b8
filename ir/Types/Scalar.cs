namespace Lathe.Ir;

/// <summary>The kinds of number that memory holds: all of ONNX's element types, and the single bit of which codes of odd widths are made.</summary>
public enum Scalar : byte
{
    Bool,
    U1, I2, U2, I4, U4, I8, U8, I16, U16, I32, U32, I64, U64,
    F4E2M1, F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E5M2FNUZ, F8E8M0,
    BF16, F16, F32, F64,
    C64, C128,
    String,
}

/// <summary>Facts of the kinds of number.</summary>
public static class Scalars
{
    extension(Scalar scalar)
    {
        /// <summary>The name in the text: <c>f32</c>, <c>i8</c>, <c>f8e4m3fn</c>.</summary>
        public string Text => scalar.ToString().ToLowerInvariant();

        /// <summary>Bits one number takes in a packed array; a bool takes a byte.</summary>
        public int Bits => scalar switch
        {
            Scalar.U1 => 1,
            Scalar.I2 or Scalar.U2 => 2,
            Scalar.I4 or Scalar.U4 or Scalar.F4E2M1 => 4,
            Scalar.Bool or Scalar.I8 or Scalar.U8 or (>= Scalar.F8E4M3FN and <= Scalar.F8E8M0) => 8,
            Scalar.I16 or Scalar.U16 or Scalar.F16 or Scalar.BF16 => 16,
            Scalar.I32 or Scalar.U32 or Scalar.F32 => 32,
            Scalar.I64 or Scalar.U64 or Scalar.F64 or Scalar.C64 => 64,
            Scalar.C128 => 128,
            _ => 0,
        };

        /// <summary>Bytes that <paramref name="count"/> numbers take, the last byte filled up.</summary>
        public long Bytes(long count) => checked(count * scalar.Bits + 7) / 8;

        public bool IsInteger => scalar is >= Scalar.U1 and <= Scalar.U64;
        public bool IsReal => scalar is >= Scalar.F4E2M1 and <= Scalar.F64;
        public bool IsComplex => scalar is Scalar.C64 or Scalar.C128;
        public bool IsSigned => scalar is Scalar.I2 or Scalar.I4 or Scalar.I8 or Scalar.I16 or Scalar.I32 or Scalar.I64 || scalar.IsReal;

        /// <summary>Least and greatest whole number; of u64 the greatest is that of i64, as index ranges are.</summary>
        public (long Low, long High) Range => scalar switch
        {
            Scalar.Bool => (0, 1),
            Scalar.I64 => (long.MinValue, long.MaxValue),
            Scalar.U64 => (0, long.MaxValue),
            _ when !scalar.IsInteger => (long.MinValue, long.MaxValue),
            _ when scalar.IsSigned => (-(1L << (scalar.Bits - 1)), (1L << (scalar.Bits - 1)) - 1),
            _ => (0, (1L << scalar.Bits) - 1),
        };

        /// <summary>How far a float narrower than f32 is from the next from 1 to 2: a number between two may be rounded to either by kernels that add in another order. 0 of others.</summary>
        public double Spacing => scalar switch
        {
            Scalar.F16 => Math.ScaleB(1, -10),
            Scalar.BF16 => Math.ScaleB(1, -7),
            _ => 0,
        };

        /// <summary>The kind arithmetic on it is done in: half and smaller floats compute in f32 and round once per result; integers of less than a byte compute in a byte.</summary>
        public Scalar Arithmetic => scalar switch
        {
            _ when scalar.IsReal && scalar < Scalar.F32 => Scalar.F32,
            Scalar.I2 or Scalar.I4 => Scalar.I8,
            Scalar.U1 or Scalar.U2 or Scalar.U4 => Scalar.U8,
            _ => scalar,
        };
    }

    /// <summary>The kind with this name, or null.</summary>
    public static Scalar? Parse(string text) => Enum.GetValues<Scalar>().Cast<Scalar?>().FirstOrDefault(s => s!.Value.Text == text);
}
