namespace Lathe.Testing;

/// <summary>A theory beyond the time budget of tests/README.md; it runs under <c>./build.sh test --all</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongTheoryAttribute : TheoryAttribute
{
    public LongTheoryAttribute() => Skip = LongRun.Reason;
}
