namespace Lathe.Runtime;

/// <summary>An artifact that cannot be opened, or refused a run; the code is the C ABI's, 0 where none was given.</summary>
public sealed class ArtifactException(string message, int code = 0) : Exception(message)
{
    /// <summary>Codes of the C interface that the runtime itself answers with; those from 1000 on are a kind plus the number of the tensor.</summary>
    public const int BadWorkspace = 2, Cancelled = 5, InputShape = 2000, OutputCapacity = 6000;

    /// <summary>What the artifact's function returned.</summary>
    public int Code { get; } = code;
}
