namespace Lathe.Testing;

/// <summary>A test beyond the time budget of tests/README.md; it runs under <c>./build.sh test --all</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongRun.Reason;
}
