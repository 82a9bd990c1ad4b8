using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Lathe.Codegen.Measuring;

/// <summary>Bytes of this machine's data caches: as Linux tells them (Documentation/ABI/testing/sysfs-devices-system-cpu), else as an x86-64 processor does (CPUID leaves 4, AMD's 8000001Dh).</summary>
/// <param name="Level1">Of one core; 0 where not told.</param>
/// <param name="Level2">Of one core; 0 where not told.</param>
/// <param name="Level3">Of the last cache, all cores together; 0 where there is none or it is not told.</param>
public sealed record CacheSizes(int Level1, int Level2, int Level3)
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    public static CacheSizes Read()
    {
        var all = Directory.Exists(Folder) ? OfSystem() : X86Base.IsSupported ? OfProcessor() : [];
        int Size(int level) => all.FirstOrDefault(cache => cache.Level == level).Bytes;
        return new(Size(1), Size(2), Size(3));
    }

    private static List<(int Level, int Bytes)> OfSystem()
    {
        List<(int, int)> all = [];
        foreach (var index in Directory.EnumerateDirectories(Folder, "index*").Order(StringComparer.Ordinal))
        {
            string Says(string file) => Path.Combine(index, file) is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : "";
            int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (Says("type") != "Instruction" && Says("size") is [.., 'K'] size) all.Add((Number(Says("level")), Number(size[..^1]) << 10));
        }
        return all;
    }

    private static List<(int Level, int Bytes)> OfProcessor()
    {
        const int intel = 4, amd = unchecked((int)0x8000001D);
        List<(int, int)> all = [];
        var leaf = X86Base.CpuId(unchecked((int)0x80000000), 0).Eax is var last && (uint)last >= unchecked((uint)amd) && X86Base.CpuId(amd, 0).Eax != 0 ? amd : X86Base.CpuId(0, 0).Eax >= intel ? intel : 0;
        for (var index = 0; leaf != 0 && index < 8; index++)
        {
            var (eax, ebx, ecx, _) = X86Base.CpuId(leaf, index);
            var kind = eax & 31;
            if (kind == 0) break;
            const int instructions = 2;
            if (kind != instructions) all.Add(((eax >> 5) & 7, (int)Math.Min(int.MaxValue, (((long)(uint)ebx >> 22) + 1) * (((ebx >> 12) & 1023) + 1) * ((ebx & 4095) + 1) * ((uint)ecx + 1L))));
        }
        return all;
    }
}
