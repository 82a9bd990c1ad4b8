using Lathe.Ir;
using Lathe.Passes;
using Lathe.Passes.Checking;
using Xunit.Abstractions;

namespace Lathe.UnitTests.Passes.Checking;

/// <summary>Faults seeded into passes are found where they are, and cut down to what shows them.</summary>
public sealed class BisectionTests(ITestOutputHelper output)
{
    private const int Faults = 100, MustName = 95, MustReduce = 90, FewOperators = 5;

    /// <summary>Every how-many-th fault the fast run looks at.</summary>
    private const int Sampled = 5;

    private static IReadOnlyList<SeededFault> All => [.. GraphFaults.All, .. ProgramFaults.All];

    private static IReadOnlyList<(string Name, Graph Graph, Tensor[] Inputs)> Nets { get; } = [.. FaultNets.All.Select(n => n.Make() is var graph ? (n.Name, graph, Given(graph)) : default)];

    [Fact]
    public void Without_a_fault_nothing_is_found() => Assert.All(Nets, net => Assert.Null(Bisection().Find(new(net.Graph), PassList.All(), net.Inputs)?.Fault));

    [Fact]
    public void A_fifth_of_the_faults_is_found_and_reduced()
    {
        var results = All.Where((_, i) => i % Sampled == 0).Select(Found).ToList();
        Assert.All(results, r => Assert.True(r.Named && r.Operators <= FewOperators, r.Line));
    }

    /// <summary>A fault of each kind in each network where it changes an output: those that no output shows are nobody's.</summary>
    [Lathe.Testing.LongFact]
    public void Of_a_hundred_faults_95_are_named_and_90_reduced_to_five_operators()
    {
        var seeded = Nets.SelectMany(net => All.Where(fault => Shows(fault, net.Graph) && Changes(fault, net.Graph, net.Inputs)).Select(fault => (fault, net))).Take(Faults).ToList();
        Assert.Equal(Faults, seeded.Count);
        var results = seeded.Select(s => Found(s.fault, s.net)).ToList();
        foreach (var result in results) output.WriteLine(result.Line);
        var (named, reduced) = (results.Count(r => r.Named), results.Count(r => r.Named && r.Operators <= FewOperators));
        output.WriteLine($"{named} of {Faults} named, {reduced} reduced to at most {FewOperators} operators");
        Assert.True(named >= MustName && reduced >= MustReduce, $"{named} named, {reduced} reduced:\n{string.Join("\n", results.Select(r => r.Line))}");
    }

    [Fact]
    public void A_part_reads_back_and_still_shows_the_fault()
    {
        var fault = All.First(f => f.Pass == "fuse");
        var net = Nets.First(n => Shows(fault, n.Graph));
        var finding = Bisection().Find(new(net.Graph), fault.Passes, net.Inputs)!;
        var again = IrText.Read(IrText.Print(finding.Graph!), new Text.MemoryWeights(IrText.Outside(finding.Graph!))).Graphs[0];
        Assert.Equal(finding.Fault.Pass, Bisection().Find(new(again), finding.Passes, finding.Inputs)?.Fault.Pass);
    }

    [Fact]
    public void Values_are_compared_after_every_pass()
    {
        var fault = All.First(f => f.Pass == "channels_last");
        var net = Nets.First(n => Shows(fault, n.Graph));
        var check = new ValueCheck(new(net.Graph), net.Inputs, ModuleRunners.Interpreted, new());
        new Runner(fault.Passes, check).Run(new(net.Graph), new(Net.Machine));
        Assert.Equal("channels_last", check.Fault?.Pass);
        Assert.NotEqual("", check.Fault!.First);
    }

    private static Bisection Bisection() => new(new(Net.Machine), ModuleRunners.Interpreted, new());

    private sealed record Result(string Line, bool Named, int Operators);

    /// <summary>The fault in the first network that holds what it needs.</summary>
    private static Result Found(SeededFault fault)
    {
        var net = Nets.FirstOrDefault(n => Shows(fault, n.Graph));
        return net.Graph is null ? new($"{fault}: in none of the networks", false, 0) : Found(fault, net);
    }

    private static Result Found(SeededFault fault, (string Name, Graph Graph, Tensor[] Inputs) net)
    {
        var finding = Bisection().Find(new(net.Graph), fault.Passes, net.Inputs);
        if (finding is null) return new($"{fault}: in {net.Name}, not found", false, 0);
        return new($"{fault}: in {net.Name}, {finding.Fault.Pass} named, {finding.Before} operators reduced to {finding.Operators} in {finding.Tries} tries ({finding.Fault.What})", finding.Fault.Pass == fault.Pass, finding.Operators);
    }

    /// <summary>Whether the pass makes something else of the network with the fault in it.</summary>
    private static bool Shows(SeededFault fault, Graph graph)
    {
        var shows = false;
        var seeded = fault with { Spoil = (before, after) => fault.Spoil(before, after) is var spoiled && (shows = Text(spoiled) != Text(after)) ? after : after };
        new Runner(seeded.Passes).Run(new(graph), new(Net.Machine));
        return shows;
    }

    /// <summary>Whether the outputs of the compiled network are others with the fault, or it cannot be compiled or run at all.</summary>
    private static bool Changes(SeededFault fault, Graph graph, Tensor[] inputs)
    {
        try
        {
            var found = Interpreter.Run(new Runner(fault.Passes).Run(new(graph), new(Net.Machine)).MustBeProgram, inputs);
            return Interpreter.Run(graph, inputs).Zip(found).Any(o => new Agreement().Beyond(o.First, o.Second) is not null);
        }
        catch (Exception e) when (e is InvalidOperationException or DiagnosticException or ArgumentException or TypeException) { return true; }
    }

    private static string Text(Module module) => module.Graph is { } graph ? IrText.Print(graph) : IrText.Print(module.MustBeProgram);

    private static Tensor[] Given(Graph graph)
    {
        var random = new Random(7);
        return [.. graph.Inputs.Select(v =>
        {
            Seq<long> shape = [.. v.Type.Shape.Select(e => e is Number n ? n.Integer : 5)];
            return Tensor.Of(shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() * 2 - 1).ToArray());
        })];
    }
}
