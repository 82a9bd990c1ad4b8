namespace Lathe.Runtime;

/// <summary>An artifact that cannot be opened, or refused a run; the code is the C ABI's, 0 where none was given.</summary>
public sealed class ArtifactException(string message, int code = 0) : Exception(message)
{
    /// <summary>What the artifact's function returned.</summary>
    public int Code { get; } = code;
}
