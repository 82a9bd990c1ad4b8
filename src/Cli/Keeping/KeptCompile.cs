using System.Text.Json;

namespace Lathe.Cli;

/// <summary>A file of a compile that was kept.</summary>
/// <param name="Name">Of the file in the output folder.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
internal sealed record KeptFile(string Name, string Hash);

/// <summary>What a compile gave, as it lies in the cache beside the files themselves.</summary>
/// <param name="Files">The artifact's.</param>
/// <param name="Beside">Files about it.</param>
/// <param name="External">Files of weights beside the model, and what they held.</param>
/// <param name="Report">What was told of it.</param>
internal sealed record KeptCompile(KeptFile[] Files, KeptFile[] Beside, KeptFile[] External, KeptReport Report)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static KeptCompile? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<KeptCompile>(json);
}

/// <summary>A report, without times and paths, which are another run's.</summary>
/// <param name="Head">The first line of its text.</param>
/// <param name="Body">Lines between the times and the files.</param>
/// <param name="Json">All of it.</param>
internal sealed record KeptReport(string Head, string Body, string Json);
