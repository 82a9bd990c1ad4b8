using System.Globalization;
using System.Security.Cryptography;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>All weights of a model one after another, each at a multiple of 64 bytes; equal ones share a place. Never in memory in one piece.</summary>
internal sealed class WeightImage
{
    private const int Alignment = 64;
    private readonly List<(long Offset, Bytes Contents)> pieces = [];

    /// <param name="programs">One model's, for several processors.</param>
    public WeightImage(IReadOnlyList<Program> programs)
    {
        var byHash = new Dictionary<string, long>(StringComparer.Ordinal);
        Placed = [.. programs.Select(program => Place(program, byHash))];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (offset, contents) in pieces) sha.AppendData(System.Text.Encoding.UTF8.GetBytes($"{offset} {contents.Hash}\n"));
        Hash = Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private Program Place(Program program, Dictionary<string, long> byHash)
    {
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        var kept = program.Slots.Where(s => s.Kind == SlotKind.Weight).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (slot, contents) in program.Weights.Where(w => kept.Contains(w.Slot)))
        {
            if (!byHash.TryGetValue(contents.Hash, out var offset))
            {
                byHash[contents.Hash] = offset = Length;
                pieces.Add((offset, contents));
                Length = (offset + contents.Length + Alignment - 1) / Alignment * Alignment;
            }
            places[slot] = offset;
        }
        return program with { Slots = [.. program.Slots.Select(s => s.Kind == SlotKind.Weight ? s with { Offset = places[s.Name] } : s)] };
    }

    /// <summary>The programs with the weights' offsets filled in.</summary>
    public IReadOnlyList<Program> Placed { get; }

    /// <summary>Bytes in all.</summary>
    public long Length { get; private set; }

    /// <summary>SHA-256 over the offset and hash of each weight.</summary>
    public string Hash { get; }

    /// <summary>The first eight bytes of the hash.</summary>
    public ulong Stamp => ulong.Parse(Hash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public void CopyTo(Stream stream)
    {
        var at = 0L;
        foreach (var (offset, contents) in pieces)
        {
            stream.Write(new byte[offset - at]);
            contents.CopyTo(stream);
            at = offset + contents.Length;
        }
        stream.Write(new byte[Length - at]);
    }
}
