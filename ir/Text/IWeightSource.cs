namespace Lathe.Ir;

/// <summary>Where the reader finds bytes that the text names by their hash.</summary>
public interface IWeightSource
{
    /// <param name="hash">The first hexadecimal digits of the SHA-256 of a plane, in lower case.</param>
    /// <returns>The bytes; null where there are none, or more than one with this beginning.</returns>
    Bytes? Find(string hash);
}
