namespace Lathe.Codegen.Package;

/// <summary>Texts that lie beside the sources as files of their own language.</summary>
internal static class EmbeddedText
{
    /// <summary>A module of JavaScript, with what modules of WebAssembly import in its place.</summary>
    public static string JavaScript(string name) => Read(name).Replace("// IMPORTS\n", Read("imports.mjs"), StringComparison.Ordinal);

    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
