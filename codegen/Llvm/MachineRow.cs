using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A line of a machine table: a processor by LLVM's name, then what is known of it, <c>znver5 level2=1048576 memory_rate=20.1</c>.</summary>
/// <param name="Cpu">As <c>--cpu</c> names it.</param>
/// <param name="Level1">Bytes of a core's first data cache.</param>
/// <param name="Level2">Bytes of a core's second cache.</param>
/// <param name="Level3">Bytes of the last cache that one thread may count on.</param>
/// <param name="Gflops16">f32 GFLOP/s of one core with vectors of 16 bytes, a multiply-add counted as two; 0 where not known, as of the others.</param>
/// <param name="Gflops32">The same with vectors of 32 bytes.</param>
/// <param name="Gflops64">The same with vectors of 64 bytes.</param>
/// <param name="Level1Rate">GB/s that one thread reads from the first cache; told, and used for nothing.</param>
/// <param name="Level2Rate">The same from the second.</param>
/// <param name="Level3Rate">The same from the last.</param>
/// <param name="MemoryRate">The same from memory.</param>
/// <param name="MemoryRate2">GB/s that two threads read from memory together.</param>
/// <param name="HandOver">Microseconds that giving work to another thread takes, there and back.</param>
public sealed record MachineRow(string Cpu, int Level1 = 32 << 10, int Level2 = 512 << 10, int Level3 = 16 << 20, double Gflops16 = 0, double Gflops32 = 0, double Gflops64 = 0,
    double Level1Rate = 0, double Level2Rate = 0, double Level3Rate = 0, double MemoryRate = 0, double MemoryRate2 = 0, double HandOver = 0)
{
    /// <exception cref="FormatException">It is no line of a table; the message says why.</exception>
    public static MachineRow Parse(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var cpu, .. var words] && !words.Any(word => word.StartsWith("cpu=", StringComparison.Ordinal))
        ? RecordLine.Parse<MachineRow>([.. words, $"cpu={cpu}"]) : throw new FormatException("the processor comes first, by its name alone");

    /// <summary>All that is known, also where it is as usual.</summary>
    public override string ToString() => string.Join(' ', RecordText.Parameters(typeof(MachineRow)).Skip(1).Select(p => (p.Name, Value: p.Property.GetValue(this))).Where(p => p.Value is not 0.0).Select(p => $"{p.Name}={RecordText.Show(p.Value)}").Prepend(Cpu));
}
