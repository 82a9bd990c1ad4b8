using System.Text;

namespace VerifyXunit;

/// <summary>The two files of a snapshot: the verified text in the repository, and the one received where it differs.</summary>
internal sealed class Snapshot(string directory, string name, string extension)
{
    private static readonly UTF8Encoding WithMark = new(encoderShouldEmitUTF8Identifier: true);

    private readonly string verified = Path.Combine(directory, $"{name}.verified.{extension}");
    private readonly string received = Path.Combine(directory, $"{name}.received.{extension}");

    public static string Normalize(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');

    public void Accept(string text)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(verified, text, WithMark);
        File.Delete(received);
    }

    public void Compare(string text)
    {
        Directory.CreateDirectory(directory);
        var expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        // Editors like to end a file with a line feed.
        if (expected == text || expected == text + "\n")
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, text, WithMark);
        throw new VerifyException($"""
            Directory: {directory}
            {(expected is null ? "New" : "NotEqual")}:
              - Received: {Path.GetFileName(received)}
                Verified: {Path.GetFileName(verified)}

            {(expected is null ? text : FirstDifference(expected, text))}
            """);
    }

    private static string FirstDifference(string expected, string text)
    {
        var (old, now) = (expected.Split('\n'), text.Split('\n'));
        var line = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"first difference in line {line + 1}:\n- {old.ElementAtOrDefault(line) ?? "(the end)"}\n+ {now.ElementAtOrDefault(line) ?? "(the end)"}";
    }
}
