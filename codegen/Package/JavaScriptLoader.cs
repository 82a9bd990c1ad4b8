namespace Lathe.Codegen.Package;

/// <summary>A module of JavaScript that runs an artifact of WebAssembly; loader.mjs is the text itself.</summary>
public static class JavaScriptLoader
{
    private const string Placeholder = "NAME";

    /// <param name="name">Of the model.</param>
    public static string Print(string name) => EmbeddedText.JavaScript("loader.mjs").Replace(Placeholder, name, StringComparison.Ordinal);
}
