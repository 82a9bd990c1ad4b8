using System.Runtime.CompilerServices;

namespace Lathe.Testing;

/// <summary>Real models beside the repository, too large to lie in it; <c>LATHE_SHARED</c> names another place for them.</summary>
internal static class SharedModels
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Environment.GetEnvironmentVariable("LATHE_SHARED") ?? Path.Combine(ThisFolder(), "..", "..", "..", "shared"), "models"));

    /// <summary>Null where the models are at hand, else why their tests are skipped.</summary>
    public static string? Reason { get; } = Directory.Exists(Folder) ? null : "the shared models are not here; LATHE_SHARED may name their folder";

    public static string PathOf(string name) => Path.Combine(Folder, name, "model.onnx");

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
