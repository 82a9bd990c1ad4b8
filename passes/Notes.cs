using System.Collections.Concurrent;

namespace Lathe.Passes;

/// <summary>What a pass decided about a node, and why.</summary>
/// <param name="Pass">The pass as <c>lathe passes</c> lists it.</param>
/// <param name="Node">The node's or kernel's name.</param>
public sealed record Note(string Pass, string Node, string Text);

/// <summary>The decisions of a compilation, for <c>explain</c> and reports. May be written from several threads; read back in a stable order.</summary>
public sealed class Notes
{
    private readonly ConcurrentQueue<Note> all = new();

    public void Add(string pass, string node, string text) => all.Enqueue(new(pass, node, text));

    /// <summary>Ordered by pass, then node, then text.</summary>
    public IEnumerable<Note> All => all.Distinct().OrderBy(n => n.Pass, StringComparer.Ordinal).ThenBy(n => n.Node, StringComparer.Ordinal).ThenBy(n => n.Text, StringComparer.Ordinal);

    public IEnumerable<Note> Of(string node) => All.Where(n => n.Node == node);
}
