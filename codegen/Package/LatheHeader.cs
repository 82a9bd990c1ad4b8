namespace Lathe.Codegen.Package;

/// <summary>The header that all models' headers include; lathe.h is the text itself.</summary>
public static class LatheHeader
{
    /// <summary>The version of the C ABI: LATHE_ABI in the header, and in every artifact's contract.</summary>
    public const int Abi = 1;

    public const string FileName = "lathe.h";

    public static string Text => EmbeddedText.Read(FileName);
}
