namespace Lathe.Ir.Ops;

/// <summary>Division of whole numbers toward zero, in the floor form where no number is negative: that is the form index algebra solves.</summary>
internal static class WholeDivision
{
    public static Expr Quotient(Expr a, Expr b) => Linear.Range(a).Low >= 0 && Linear.Range(b).Low > 0 ? a / b : Call.Of(Function.Quotient, a, b);

    public static Expr Remainder(Expr a, Expr b) => Linear.Range(a).Low >= 0 && Linear.Range(b).Low > 0 ? a % b : Call.Of(Function.Remainder, a, b);
}
