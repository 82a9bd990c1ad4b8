using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.Fuzz;

/// <summary>Random graphs through every pass: what comes out must compute what went in.</summary>
public sealed class GraphTests
{
    private const int Quick = 40;

    /// <summary>How far inputs and what steps make are moved to see how far results move with them, as a share; a few units in the last place of f32.</summary>
    private const double Nudge = 5e-7;

    /// <summary>A result that a nudge moves further than this says nothing: the graph is too steep, or jumps.</summary>
    private const double Steepest = 1e-3;

    public static TheoryData<int> Few => [.. Enumerable.Range(0, Quick)];
    public static TheoryData<int> Many => [.. Enumerable.Range(Quick, 1000)];

    [Theory]
    [MemberData(nameof(Few))]
    public void A_random_graph_computes_the_same_after_every_pass(int seed) => Check(seed);

    [LongTheory]
    [MemberData(nameof(Many))]
    public void More_random_graphs_compute_the_same_after_every_pass(int seed) => Check(seed);

    [Fact]
    public void Most_results_of_random_graphs_say_something()
    {
        var tolerances = Enumerable.Range(0, Quick).SelectMany(seed => Tolerances(new RandomGraph((ulong)seed, Steps(seed)), (ulong)seed)).ToList();
        Assert.True(tolerances.Count(t => t is not null) > tolerances.Count * 2 / 3, $"{tolerances.Count(t => t is null)} of {tolerances.Count} results are too steep to compare");
    }

    private static int Steps(int seed) => 2 + seed % 9;

    private static void Check(int seed)
    {
        var random = new RandomGraph((ulong)seed, Steps(seed));
        var (graph, inputs, tolerances) = (random.Graph, random.Inputs((ulong)seed), Tolerances(random, (ulong)seed));
        var expected = Interpreter.Run(graph, inputs);
        foreach (var machine in new[] { new Machine("narrow"), new Machine("wide", 64, 32) })
        {
            var program = Compilation.Run(graph, machine);
            Compare("interpreted", Interpreter.Run(program, inputs));
            if (machine.VectorBytes == 32) Compare("native", NativeRunner.Run(program, inputs));

            void Compare(string way, Tensor[] actual)
            {
                for (var i = 0; i < expected.Length; i++)
                    if (tolerances[i] is { } tolerance && Difference.Between(expected[i], actual[i]) is var difference && !(difference.Share <= tolerance))
                        Assert.Fail($"seed {seed}, {way} for {machine.Name}: {graph.Outputs[i]} differs by {difference.Share:g3} of its maximum, {tolerance:g3} may be, {difference.Where}\n{IrText.Print(graph)}");
            }
        }
    }

    /// <summary>What may be between two ways to compute each result: what sums in another order come to, and no less than what a nudge of the inputs and of every step does; null where that is too much to prove anything.</summary>
    private static double?[] Tolerances(RandomGraph random, ulong seed)
    {
        var expected = Interpreter.Run(random.Graph, random.Inputs(seed));
        var moved = Enumerable.Range(0, 3).Select(i => Interpreter.Run(random.Shaken((ulong)i, Nudge), random.Inputs(seed, Nudge * (i + 1)))).ToList();
        return [.. expected.Select((e, i) => moved.Max(m => Difference.Between(e, m[i]).Share) is var most && most <= Steepest ? Math.Max(1e-5, 20 * most) : (double?)null)];
    }
}
