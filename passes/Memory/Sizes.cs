using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Numbers to compare symbolic sizes by. They steer choices and are never part of a result.</summary>
public static class Sizes
{
    /// <summary>What a symbolic dimension is taken to be, within its range.</summary>
    public const long Typical = 64;

    public static long Guess(Expr size) => size.Replace(e => e is Symbol s ? Math.Clamp(Typical, s.Low, s.High) : null) is var at && Linear.Simplify(at) is Number n ? n.Integer : Linear.Range(at).High;
}
