namespace Lathe.Testing;

/// <summary>A theory that needs tools of the machine's, by name, or files, by path; skipped, saying so, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools)
    {
        var missing = tools.Where(tool => !(tool.Contains('/', StringComparison.Ordinal) ? File.Exists(tool) : Tool.Find(tool) is not null)).ToList();
        if (missing.Count > 0) Skip = $"{string.Join(", ", missing)} is not on this machine";
    }
}
