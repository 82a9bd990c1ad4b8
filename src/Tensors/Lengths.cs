using System.Globalization;

namespace Lathe.Runtime.Tensors;

/// <summary>Extents as tensors of .NET have them.</summary>
internal static class Lengths
{
    public static ReadOnlySpan<nint> Of(ReadOnlySpan<long> extents, Span<nint> into)
    {
        for (var i = 0; i < extents.Length; i++) into[i] = checked((nint)extents[i]);
        return into;
    }

    /// <exception cref="ArgumentException">A tensor has another shape than a run takes or gives.</exception>
    public static void Check(ReadOnlySpan<nint> given, ReadOnlySpan<long> extents, ContractTensor tensor, string kind)
    {
        var same = given.Length == extents.Length;
        for (var i = 0; same && i < extents.Length; i++) same = given[i] == extents[i];
        if (!same) throw new ArgumentException($"{kind} '{tensor.Name}' is {tensor.Type}[{Text(extents)}], the tensor has the shape [{Text(given)}]");
    }

    private static string Text<T>(ReadOnlySpan<T> extents) where T : IFormattable
    {
        var words = new string[extents.Length];
        for (var i = 0; i < words.Length; i++) words[i] = extents[i].ToString(null, CultureInfo.InvariantCulture);
        return string.Join(", ", words);
    }
}
