using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>A pass after which a module computes something else, or nothing.</summary>
/// <param name="Pass">As <c>lathe passes</c> lists it; <c>code</c> for machine code that differs from its program.</param>
/// <param name="Number">The pass's place in the order, from 0.</param>
/// <param name="Output">The output that differs; empty where the pass or the run failed.</param>
/// <param name="What">Both sides of the largest difference; what was thrown.</param>
/// <param name="First">The first value, in the order they are made, that has the same name before and after and differs; empty where that is not known.</param>
public sealed record ValueFault(string Pass, int Number, string Output, string What, string First = "")
{
    public bool IsFailure => Output == "";

    public override string ToString() => IsFailure ? $"{Pass} fails: {What}" : $"{Pass} changes %{Output} {What}{(First == "" || First == Output ? "" : $"; the first value that differs is %{First}")}";
}
