using System;
using System.Linq;
using System.Runtime.InteropServices;

namespace Lathe.Build;

/// <summary>What code is made for: a runtime identifier of .NET's, and what Lathe calls it.</summary>
internal sealed class Platform
{
    /// <summary>Processors that every machine of a kind is at least, where code is not made for this machine.</summary>
    private static readonly (string Rid, string Triple, string Baseline)[] Known =
    [
        ("linux-x64", "x86_64-linux-gnu", "x86-64-v2,x86-64-v3,x86-64-v4"),
        ("linux-arm64", "aarch64-linux-gnu", "generic"),
        ("linux-riscv64", "riscv64-linux-gnu", "generic-rv64"),
        ("win-x64", "x86_64-pc-windows-msvc", "x86-64-v2,x86-64-v3,x86-64-v4"),
        ("win-arm64", "aarch64-pc-windows-msvc", "generic"),
        ("osx-x64", "x86_64-apple-macosx", "x86-64-v2"),
        ("osx-arm64", "arm64-apple-macosx", "apple-m1"),
    ];

    private Platform(string rid, string triple, string baseline, bool isHere) => (Rid, Triple, Baseline, IsHere) = (rid, triple, baseline, isHere);

    public string Rid { get; }
    public string Triple { get; }

    /// <summary>Levels of code where the item names no processors; empty: the least of the architecture.</summary>
    public string Baseline { get; }

    /// <summary>Whether what is built runs on this machine.</summary>
    public bool IsHere { get; }

    public bool IsWindows => Rid.StartsWith("win-", StringComparison.Ordinal);

    public string SharedFile(string name) => IsWindows ? $"{name}.dll" : Rid.StartsWith("osx-", StringComparison.Ordinal) ? $"lib{name}.dylib" : $"lib{name}.so";
    public string StaticFile(string name) => IsWindows ? $"lib{name}.lib" : $"lib{name}.a";

    public static Platform Here { get; } = Of("")!;

    /// <summary>Null where Lathe makes no code for it.</summary>
    public static Platform? Of(string rid)
    {
        var system = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var here = $"{system}-{architecture}";
        var wanted = rid == "" ? here : rid;
        var row = Known.FirstOrDefault(k => k.Rid == wanted);
        if (row.Rid is null) return null;
        // Of another architecture the compiler takes its least processor by itself; one that is named would be warned of, and nobody named it.
        var isLeast = row.Baseline.StartsWith("generic", StringComparison.Ordinal) && !row.Rid.EndsWith($"-{architecture}", StringComparison.Ordinal);
        return new(row.Rid, row.Triple, isLeast ? "" : row.Baseline, wanted == here);
    }
}
