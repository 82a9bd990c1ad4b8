namespace Lathe.Sdk;

/// <summary>Makes an assembly a plugin: its public passes, rules, operators, weight formats and targets, and the rewrites in its resources, are there when it is loaded.</summary>
/// <param name="name">An identifier; it stands before the names of all that the plugin adds: <c>acme.census</c>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class PluginAttribute(string name) : Attribute
{
    public string Name => name;

    /// <summary>The domain of operators in ONNX files that are this plugin's; empty: its name.</summary>
    public string Domain { get; init; } = "";
}
