using System.Runtime.CompilerServices;
using VerifyTests;

namespace VerifyXunit;

/// <summary>Compares texts with the snapshots that lie beside the tests.</summary>
public static class Verifier
{
    public static SettingsTask Verify(string? target, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        Verify(target, "txt", settings, sourceFile);

    public static SettingsTask Verify(string? target, string extension, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        new(settings, chosen => Task.FromResult(Compare(target ?? "null", extension, chosen, sourceFile)));

    private static VerifyResult Compare(string target, string extension, VerifySettings settings, string sourceFile)
    {
        var text = settings.Scrub(Snapshot.Normalize(target));
        if (text.Length == 0)
            text = "emptyString";
        var snapshot = new Snapshot(
            Path.Combine(Path.GetDirectoryName(sourceFile)!, settings.Directory ?? ""),
            SnapshotName.Of(UseVerifyAttribute.RunningTest, settings),
            extension);
        if (settings.Accepts)
            snapshot.Accept(text);
        else
            snapshot.Compare(text);
        return new VerifyResult(text);
    }
}
