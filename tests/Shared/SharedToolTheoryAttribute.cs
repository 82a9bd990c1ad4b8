namespace Lathe.Testing;

/// <summary>A theory over the shared models that needs tools of the machine's or files too; skipped, saying so, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedToolTheoryAttribute : TheoryAttribute
{
    public SharedToolTheoryAttribute(params string[] tools) => Skip = SharedModels.Reason("models") ?? new ToolTheoryAttribute(tools).Skip;
}
