namespace Lathe.Testing;

/// <summary>A test over files beside the repository; skipped, with the reason, where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedModelsFactAttribute : FactAttribute
{
    /// <param name="folder">The folder that is needed.</param>
    public SharedModelsFactAttribute(string folder = "models") => Skip = SharedModels.Reason(folder);
}
