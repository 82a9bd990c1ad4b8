namespace Lathe.Codegen.Package;

/// <summary>A module of Python that calls an artifact through its C ABI; loader.py is the text itself.</summary>
public static class PythonLoader
{
    private const string Placeholder = "NAME";

    /// <param name="name">Of the model.</param>
    public static string Print(string name) => EmbeddedText.Read("loader.py").Replace(Placeholder, name, StringComparison.Ordinal);
}
