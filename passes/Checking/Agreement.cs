using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>How far what a module computes may move when a pass changes it: reals by a share of the largest magnitude, whole numbers and bools not at all.</summary>
/// <param name="share">The allowed share; null: what sums in another order may change in the kind of number at hand.</param>
public sealed class Agreement(double? share = null)
{
    /// <summary>What is beyond the tolerance; null where nothing is.</summary>
    public Difference? Beyond(Tensor expected, Tensor actual) => Difference.Between(expected, actual) is var difference && difference.Share <= Allowed(expected.Kind) ? null : difference;

    /// <summary>Some sixty units in the last place: long sums, and functions of sums.</summary>
    private double Allowed(Scalar kind) => share ?? kind switch
    {
        Scalar.F64 => 1e-12,
        Scalar.F32 => 1e-5,
        Scalar.F16 => 1e-2,
        Scalar.BF16 => 5e-2,
        _ when kind.IsReal => 0.25,
        _ => 0,
    };
}
