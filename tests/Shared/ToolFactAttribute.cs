namespace Lathe.Testing;

/// <summary>A test that needs tools of the machine's; skipped, saying so, where one is not on the search path.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        var missing = tools.Where(tool => Tool.Find(tool) is null).ToList();
        if (missing.Count > 0) Skip = $"{string.Join(", ", missing)} is not on this machine";
    }
}
