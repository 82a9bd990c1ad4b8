using System.Security.Cryptography;
using Lathe.Codegen.Package;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>What schedules must know of processors beside their instructions. Nothing is measured during a compile: a table is text, so that the same options give the same bytes on any machine.</summary>
/// <param name="Rows">By processor.</param>
/// <param name="Hash">SHA-256 of the text.</param>
public sealed record MachineTable(Seq<MachineRow> Rows, string Hash)
{
    /// <summary>What a line that is for people begins with.</summary>
    public const string Comment = "//";

    private static readonly Lazy<MachineTable> Own = new(() => Read(EmbeddedText.Read("machines.txt"), "machines.txt"));

    /// <summary>What the table that comes with Lathe says of a target.</summary>
    public static Passes.Machine Of(CpuTarget target) => Own.Value.Machine(target) ?? Machine(target, new(target.Cpu));

    /// <exception cref="DiagnosticException">LT4201, for each line that is none.</exception>
    public static MachineTable Read(string text, string file)
    {
        List<MachineRow> rows = [];
        List<Diagnostic> faults = [];
        foreach (var (number, line) in text.Split('\n').Select(line => line.Trim()).Index())
        {
            if (line.Length == 0 || line.StartsWith(Comment, StringComparison.Ordinal)) continue;
            try
            {
                var row = MachineRow.Parse(line);
                if (rows.Exists(other => other.Cpu == row.Cpu)) throw new FormatException($"{row.Cpu} has a line already");
                rows.Add(row);
            }
            catch (FormatException e) { faults.Add(new("LT4201", $"machine table: {e.Message}", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}:{number + 1}"), "lathe targets --calibrate -o FILE writes one")); }
        }
        return faults.Count == 0 ? new([.. rows], Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))) : throw new DiagnosticException([.. faults]);
    }

    /// <summary>What the table says of a target; null where it has no line for it.</summary>
    public Passes.Machine? Machine(CpuTarget target) => Rows.FirstOrDefault(row => row.Cpu == target.Cpu) is { } row ? Machine(target, row) : null;

    private static Passes.Machine Machine(CpuTarget target, MachineRow row)
    {
        // What runs WebAssembly is most often an x86-64 processor, as its engine sees it with SSE's registers.
        var registers = target.Has("avx512f") || target.Architecture != CpuArchitecture.X86 && target.Architecture != CpuArchitecture.Wasm32 ? 32 : 16;
        var plain = new Passes.Machine(target.Cpu, target.VectorBytes, registers, row.Level1, row.Level2, row.Level3,
            HasFma: target.HasFma, LooksUp: target.LooksUp, Quads: target.Has("avx512vnni") && target.Has("avx512vl") ? Passes.ByteQuads.Mixed : target.Has("dotprod") ? Passes.ByteQuads.Signed : Passes.ByteQuads.None);
        var gflops = target.VectorBytes switch { 64 => row.Gflops64, 32 => row.Gflops32, 16 => row.Gflops16, _ => 0 };
        return plain with
        {
            StepRate = gflops > 0 ? gflops / 2 / plain.Lanes : plain.StepRate,
            Level2Rate = Known(row.Level2Rate, plain.Level2Rate),
            Level3Rate = Known(row.Level3Rate, plain.Level3Rate),
            MemoryRate = Known(row.MemoryRate, plain.MemoryRate),
            MemoryRate2 = Known(row.MemoryRate2, plain.MemoryRate2),
            HandOver = Known(row.HandOver, plain.HandOver),
        };

        static double Known(double value, double usual) => value > 0 ? value : usual;
    }
}
