namespace Lathe.Runtime;

/// <summary>What a run is given beside its tensors; <c>default</c>: this thread, a workspace of the model's own, to its end.</summary>
/// <param name="Host">Threads and kernel times.</param>
/// <param name="Workspace">Memory of the caller's, used by no other run meanwhile.</param>
/// <param name="Cancellation">Ends the run between two kernels.</param>
public readonly record struct RunOptions(Host? Host = null, Workspace? Workspace = null, CancellationToken Cancellation = default)
{
    /// <summary>A run that a token may end.</summary>
    public static implicit operator RunOptions(CancellationToken cancellation) => new(Cancellation: cancellation);

    /// <summary>A run with these services.</summary>
    public static implicit operator RunOptions(Host host) => new(host);

    /// <summary>A run in this memory.</summary>
    public static implicit operator RunOptions(Workspace workspace) => new(Workspace: workspace);
}
