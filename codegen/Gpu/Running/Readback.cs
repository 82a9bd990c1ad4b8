using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>Slots as the host reads them, for conditions and numbers that data decide: each read is a copy of what lies there now.</summary>
internal sealed class Readback(Func<string, Bytes> read) : IReadOnlyDictionary<string, Bytes>
{
    public Bytes this[string key] => read(key);
    public IEnumerable<string> Keys => [];
    public IEnumerable<Bytes> Values => [];
    public int Count => 0;
    public bool ContainsKey(string key) => true;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Bytes value)
    {
        value = read(key);
        return true;
    }

    public IEnumerator<KeyValuePair<string, Bytes>> GetEnumerator() => Enumerable.Empty<KeyValuePair<string, Bytes>>().GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
