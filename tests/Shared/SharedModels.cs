using System.Runtime.CompilerServices;

namespace Lathe.Testing;

/// <summary>Real models and ONNX's own cases beside the repository, too large to lie in it; <c>LATHE_SHARED</c> names another place for them.</summary>
internal static class SharedModels
{
    private static readonly string Shared = Path.GetFullPath(Environment.GetEnvironmentVariable("LATHE_SHARED") ?? Path.Combine(ThisFolder(), "..", "..", "..", "shared"));

    public static string Root(string folder) => Path.Combine(Shared, folder);

    /// <summary>Null where a folder is at hand, else why the tests that need it are skipped.</summary>
    public static string? Reason(string folder) => Directory.Exists(Root(folder)) ? null : $"shared/{folder} is not here; LATHE_SHARED may name its place";

    public static string PathOf(string model) => Path.Combine(Root("models"), model, "model.onnx");

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
