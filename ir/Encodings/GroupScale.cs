namespace Lathe.Ir;

/// <summary>The number that a group's codes are multiplied by, as memory holds it.</summary>
internal static class GroupScale
{
    /// <summary>A kind that scales can be stored in.</summary>
    /// <exception cref="TypeException">It is none.</exception>
    public static Scalar Kind(Scalar kind) => kind.IsReal && kind <= Scalar.F32 ? kind : throw new TypeException($"scales are stored as f32 or narrower floats, not as {kind.Text}");

    /// <summary>A scale as it is stored, never beyond the largest that its kind holds.</summary>
    public static float Stored(Scalar kind, float scale)
    {
        if (kind == Scalar.F32) return scale;
        if (kind == Scalar.F16) return (float)(Half)Math.Clamp(scale, -65504, 65504);
        var most = kind == Scalar.BF16 ? 3.3895314e38f : float.MaxValue;
        return (float)SmallFloats.Decode(kind, SmallFloats.Encode(kind, Math.Clamp(scale, -most, most)));
    }
}
