using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.UnitTests.Llvm.Emitter;

public sealed class MatMulTests
{
    [Theory]
    [InlineData("x86-64-v3", 8, 6)]
    [InlineData("x86-64-v4", 16, 14)]
    public void The_innermost_loop_keeps_its_sums_in_registers(string cpu, int lanes, int rows)
    {
        var schedule = new MatMulSchedule(512, 1024, 1024, lanes, rows);
        var assembly = new Assembler(CpuTarget.Parse(cpu)).ToAssembly(KernelEmitter.Emit(schedule.Multiply, CpuTarget.Parse(cpu)), "matmul");
        var loops = InnermostLoops(assembly).Where(loop => loop.Any(line => line.Contains("vfmadd", StringComparison.Ordinal))).ToList();
        var multiplies = Assert.Single(loops);
        Assert.Equal(rows * 2, multiplies.Count(line => line.Contains("vfmadd", StringComparison.Ordinal)));
        Assert.All(multiplies, line => Assert.DoesNotContain("%rsp", line, StringComparison.Ordinal));
        Assert.All(multiplies.Where(line => line.Contains("vfmadd", StringComparison.Ordinal)), line => Assert.Contains(lanes == 16 ? "%zmm" : "%ymm", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(13, 40, 37, 8, 6)]
    [InlineData(30, 64, 70, 16, 14)]
    [InlineData(1, 7, 5, 8, 6)]
    public void A_blocked_product_is_the_plain_one(int rows, int depth, int columns, int lanes, int tile)
    {
        var schedule = new MatMulSchedule(rows, depth, columns, lanes, tile, 16, 2);
        KernelCheck.Agrees(schedule.Pack);
        KernelCheck.Agrees(schedule.Multiply, tolerance: 1e-5);
        var random = new Random(5);
        Dictionary<string, Bytes> Filled(IEnumerable<Ir.Buffer> buffers) => buffers.ToDictionary(b => b.Name, b => Bytes.Of<float>([.. Enumerable.Range(0, (int)b.Size.Whole).Select(_ => random.NextSingle() - 0.5f)]));
        var memory = Filled([.. schedule.Plain.Inputs, .. schedule.Pack.Outputs, .. schedule.Plain.Outputs]);
        NativeRunner.Run(schedule.Pack, memory, new Dictionary<string, long>());
        NativeRunner.Run(schedule.Multiply, memory, new Dictionary<string, long>());
        var made = memory["y"].ToArray<float>();
        NativeRunner.Run(schedule.Plain, memory, new Dictionary<string, long>());
        var plain = memory["y"].ToArray<float>();
        for (var i = 0; i < made.Length; i++) Assert.InRange(made[i] - plain[i], -1e-5f, 1e-5f);
    }

    /// <summary>The stretches of a listing from a label to a jump back to it with no label between.</summary>
    private static IEnumerable<string[]> InnermostLoops(string assembly)
    {
        var (label, lines) = ("", new List<string>());
        foreach (var line in assembly.Split('\n'))
        {
            if (line.StartsWith(".L", StringComparison.Ordinal)) (label, lines) = (line[..line.IndexOf(':', StringComparison.Ordinal)], []);
            else lines.Add(line);
            if (label.Length > 0 && line.TrimStart().StartsWith('j') && line.Split('\t')[^1].Trim() == label) yield return [.. lines];
        }
    }
}
