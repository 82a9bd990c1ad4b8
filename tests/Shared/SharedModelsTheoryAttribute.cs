namespace Lathe.Testing;

/// <summary>A theory over the shared models, or another folder beside them; skipped, with the reason, where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedModelsTheoryAttribute : TheoryAttribute
{
    public SharedModelsTheoryAttribute(string folder = "models") => Skip = SharedModels.Reason(folder);
}
