using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

/// <summary>Runs a kernel as machine code and by the interpreter on the same random numbers, and compares everything it fills.</summary>
internal static class KernelCheck
{
    /// <param name="kernel">A kernel whose real results are within <paramref name="tolerance"/> times the largest of them; whole numbers are equal.</param>
    /// <param name="symbols">The number that each symbol stands for.</param>
    /// <param name="given">Numbers of inputs that must not be random.</param>
    public static void Agrees(Kernel kernel, IReadOnlyDictionary<string, long>? symbols = null, double tolerance = 1e-6, CpuTarget? target = null, nint host = 0, params (string Name, double[] Numbers)[] given)
    {
        symbols ??= new Dictionary<string, long>();
        var random = new Random(7);
        var inputs = kernel.Inputs.ToDictionary(b => b.Name, b => Fill(b, Dimensions.Evaluate(b.Size, symbols), random, given.FirstOrDefault(g => g.Name == b.Name).Numbers));
        var (native, expected) = (With(inputs), With(inputs));
        Interpreter.Run(kernel, expected, symbols);
        NativeRunner.Load(kernel, target).Run(native, symbols, host);
        foreach (var output in kernel.Outputs)
        {
            var count = Dimensions.Evaluate(output.Size, symbols);
            var (made, wanted) = (Numbers.Unpack(output.Scalar, native[output.Name], count), Numbers.Unpack(output.Scalar, expected[output.Name], count));
            var largest = wanted.Where(double.IsFinite).Select(Math.Abs).Append(1e-30).Max();
            for (var i = 0; i < count; i++)
                if (!made[i].Equals(wanted[i]) && made[i] != wanted[i] && !(output.Scalar.IsReal && Math.Abs(made[i] - wanted[i]) <= tolerance * largest))
                    Assert.Fail($"{kernel.Name}: %{output.Name}[{i}] is {made[i]:R}, the interpreter says {wanted[i]:R}\n{KernelEmitter.Emit(kernel, target ?? CpuTarget.Host)}");
        }

        Dictionary<string, Bytes> With(Dictionary<string, Bytes> shared)
        {
            var all = new Dictionary<string, Bytes>(shared);
            foreach (var output in kernel.Outputs) all[output.Name] = Bytes.Zeros(output.Scalar.Bytes(Dimensions.Evaluate(output.Size, symbols)));
            return all;
        }
    }

    private static Bytes Fill(Buffer buffer, long count, Random random, double[]? numbers)
    {
        var (kind, contents) = (buffer.Scalar, new byte[buffer.Scalar.Bytes(count)]);
        for (var i = 0; i < count; i++)
            Numbers.Write(kind, contents, i, numbers is not null ? numbers[i % numbers.Length] : kind == Scalar.Bool ? random.Next(2) : kind.IsReal ? random.NextDouble() * 4 - 2 : kind.IsSigned ? random.Next(-7, 8) : random.Next(8));
        return Bytes.Of(contents);
    }
}
