namespace Lathe.Testing;

/// <summary>A theory over the shared models; skipped, with the reason, where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedModelsTheoryAttribute : TheoryAttribute
{
    public SharedModelsTheoryAttribute() => Skip = SharedModels.Reason("models");
}
