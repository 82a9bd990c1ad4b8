using System.Security.Cryptography;
using System.Text;

namespace Lathe.Runtime;

/// <summary>
/// Who made an artifact: a text beside it, <c>NAME.sig</c>, that lists its files by their SHA-256, says which key signed the list, and ends with the signature,
/// ECDSA over SHA-256. Only the list is signed, so a file that is not in it is nobody's.
/// </summary>
/// <remarks>Checked before a library is loaded: its code runs when it is. Who may write to the folder meanwhile may exchange it after the check.</remarks>
public static class ArtifactSignature
{
    /// <summary>The ending of the file.</summary>
    public const string Ending = ".sig";

    private const string Head = "lathe signature 1\n", Key = "key ", Signature = "ecdsa ";

    /// <summary>Where the signature of an artifact is: beside it, under the model's name.</summary>
    /// <param name="artifact">A library or package.</param>
    public static string FileOf(string artifact) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(artifact))!, Artifact.NameOf(artifact) + Ending);

    /// <summary>The text for files that lie in one folder.</summary>
    /// <param name="privateKey">In PEM, of an elliptic curve.</param>
    /// <exception cref="ArtifactException">It is no such key.</exception>
    public static string Of(IEnumerable<string> files, string privateKey)
    {
        using var key = Read(privateKey);
        var text = new StringBuilder(Head);
        foreach (var file in files.OrderBy(Path.GetFileName, StringComparer.Ordinal)) text.Append(Hash(file)).Append("  ").Append(Path.GetFileName(file)).Append('\n');
        text.Append(Key).Append(Fingerprint(key)).Append('\n');
        try { return $"{text}{Signature}{Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text.ToString()), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))}\n"; }
        catch (CryptographicException) { throw new ArtifactException("the key cannot sign: it has no private part"); }
    }

    /// <summary>Checks an artifact, and the file of its weights where it has one: <c>CompiledModel.Open(ArtifactSignature.Verified(path, key))</c>.</summary>
    /// <param name="artifact">The library or package.</param>
    /// <param name="publicKey">In PEM: whose artifacts are trusted.</param>
    /// <returns><paramref name="artifact"/>.</returns>
    /// <exception cref="ArtifactException">It is not signed, not with this key, or not as it was signed.</exception>
    public static string Verified(string artifact, string publicKey)
    {
        var name = Path.GetFileName(artifact);
        if (!File.Exists(artifact)) throw new ArtifactException($"no artifact at {artifact}");
        var file = FileOf(artifact);
        if (!File.Exists(file)) throw new ArtifactException($"{name} is not signed: there is no {Path.GetFileName(file)} beside it");
        using var key = Read(publicKey);
        var hashes = Signed(File.ReadAllText(file), key, Path.GetFileName(file));
        foreach (var part in new[] { artifact, Path.Combine(Path.GetDirectoryName(file)!, Artifact.NameOf(artifact) + Package.WeightsEnding) })
        {
            if (part != artifact && !File.Exists(part)) continue;
            if (!hashes.TryGetValue(Path.GetFileName(part), out var hash)) throw new ArtifactException($"{Path.GetFileName(part)} is not among the files that were signed");
            if (Hash(part) != hash) throw new ArtifactException($"{Path.GetFileName(part)} is not as it was signed");
        }
        return artifact;
    }

    /// <summary>What a signature vouches for: files by name, each with its hash.</summary>
    private static Dictionary<string, string> Signed(string text, ECDsa key, string name)
    {
        var at = text.LastIndexOf("\n" + Signature, StringComparison.Ordinal) + 1;
        if (!text.StartsWith(Head, StringComparison.Ordinal) || at == 0) throw new ArtifactException($"{name} is no signature");
        var signed = text[..at];
        byte[] signature;
        try { signature = Convert.FromBase64String(text[(at + Signature.Length)..].Trim()); }
        catch (FormatException) { throw new ArtifactException($"{name} is no signature"); }
        if (!key.VerifyData(Encoding.UTF8.GetBytes(signed), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            throw new ArtifactException(signed.EndsWith($"{Key}{Fingerprint(key)}\n", StringComparison.Ordinal) ? $"{name} is not as it was signed" : $"{name} is signed with another key");
        return signed.Split('\n').Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);
    }

    private static ECDsa Read(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ArtifactException("no key of an elliptic curve, in PEM and without a password");
        }
    }

    private static string Fingerprint(ECDsa key) => Hex(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Hex(SHA256.HashData(stream));
    }

    private static string Hex(byte[] hash) => string.Create(2 * hash.Length, hash, (text, bytes) =>
    {
        for (var i = 0; i < bytes.Length; i++) (text[2 * i], text[2 * i + 1]) = ("0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]);
    });
}
