namespace VerifyTests;

/// <summary>A text that agreed with its snapshot.</summary>
public sealed class VerifyResult
{
    internal VerifyResult(string text) => Text = text;

    public string Text { get; }
}
