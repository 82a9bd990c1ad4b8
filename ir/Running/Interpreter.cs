using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>The oracle: runs kernels, graphs and programs by what their formulas say, with every access checked. Everything else is compared with it.</summary>
/// <remarks>
/// f32 computes in f32, its sums and products fold in f64 and round once; functions such as exp are worked out in f64; whole numbers wrap;
/// floats narrower than f32 round once when stored. Scratch and results start as garbage.
/// </remarks>
public static class Interpreter
{
    private static readonly ConditionalWeakTable<Graph, GraphRun> Graphs = [];
    private static readonly ConditionalWeakTable<Program, ProgramRun> Programs = [];

    /// <summary>Runs one kernel, lowered or scheduled.</summary>
    /// <param name="kernel">What to run; compiled once.</param>
    /// <param name="buffers">Memory of each input and output by name; outputs are filled in place.</param>
    /// <param name="symbols">The number that each symbol stands for.</param>
    /// <exception cref="InvalidOperationException">The kernel reads or stores outside a buffer.</exception>
    public static void Run(Kernel kernel, IReadOnlyDictionary<string, Bytes> buffers, IReadOnlyDictionary<string, long> symbols) =>
        CompiledKernel.Of(kernel).Run(buffer => buffers.TryGetValue(buffer.Name, out var bytes) ? bytes : throw new ArgumentException($"kernel {kernel.Name}: nothing is given for %{buffer.Name}"), symbols);

    /// <summary>Runs a graph on one tensor for each of its inputs; named dimensions take the extents of those.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the graph.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end: between two nodes or rounds of a loop.</exception>
    public static Tensor[] Run(Graph graph, IReadOnlyList<Tensor> inputs, CancellationToken cancellation = default) => Graphs.GetValue(graph, g => new(g)).Run(inputs, cancellation);

    /// <summary>Runs a program on one tensor for each of its inputs.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit the program.</exception>
    public static Tensor[] Run(Program program, IReadOnlyList<Tensor> inputs, CancellationToken cancellation = default) => Programs.GetValue(program, p => new(p)).Run(inputs, cancellation);
}
