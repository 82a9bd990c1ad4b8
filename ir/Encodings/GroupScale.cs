namespace Lathe.Ir;

/// <summary>The number that a group's codes are multiplied by, as memory holds it.</summary>
internal static class GroupScale
{
    /// <summary>A scale as it is stored, never beyond the largest that its kind holds.</summary>
    public static float Stored(Scalar kind, float scale)
    {
        if (kind == Scalar.F32) return scale;
        if (kind == Scalar.F16) return (float)(Half)Math.Clamp(scale, -65504, 65504);
        var most = kind == Scalar.BF16 ? 3.3895314e38f : float.MaxValue;
        return (float)SmallFloats.Decode(kind, SmallFloats.Encode(kind, Math.Clamp(scale, -most, most)));
    }
}
