using System.Diagnostics;
using System.Globalization;
using Lathe.Ir;
using Lathe.Passes.Checking;

namespace Lathe.Passes.Rewrites;

/// <summary>
/// Tests a rewrite: makes up graphs that it applies to, of all kinds of number and many shapes, applies it, runs both sides in the interpreter and compares.
/// One that is not inexact must give the same bits (sums aside, which may be added up in another order; signs of zeros do not count), on infinities, NaNs and extremes too;
/// one that is must agree on moderate numbers to some units in the last place. Small cases come first, so that a counterexample is small.
/// </summary>
public sealed class RewriteTrial(Rewrite rewrite, Machine machine, int seed = 1)
{
    /// <summary>Graphs that a rewrite must pass.</summary>
    public const int Cases = 32;

    private const int MostDraws = 1500;

    /// <summary>Draws of the smallest graphs once something is wrong, for a counterexample that is easy to read.</summary>
    private const int SmallDraws = 40;

    /// <summary>Far more than any rewrite took.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(2);
    private static readonly Seq<Scalar> Kinds = [Scalar.F32, Scalar.F32, Scalar.F32, Scalar.F64, Scalar.F16, Scalar.BF16, Scalar.I32, Scalar.I64, Scalar.I8, Scalar.U8, Scalar.Bool];

    private readonly Random random = new(seed);
    private readonly RewriteRule rule = new(rewrite);

    public Verdict Run()
    {
        var (watch, cases, single, refusals, refusal, endless) = (Stopwatch.StartNew(), 0, 0, 0, "no graph that the pattern fits was found", (string?)null);
        for (var draw = 0; draw < MostDraws && cases < Cases && watch.Elapsed < MostTime; draw++)
        {
            Seq<long> extents = [.. new long[] { 2, 1, 3, 4, 5, 7 }.Take(2 + Math.Min(4, cases / 3))];
            // Where types have refused something, types keep it from being applied, not what it says: with one extent along all axes they do not tell.
            var alike = refusals > 0 && draw % 2 == 0;
            if (alike) extents = [extents[0] + draw / 2 % 2];
            var made = new PatternDraw(rewrite, random, extents, Kinds[random.Next(Kinds.Count)], takesShapes: !alike);
            if (made.Make() is not { } before) continue;
            var after = Apply(before, out var refused);
            if (refused is not null) (refusal, refusals) = ($"it fits, but {refused}", refusals + 1);
            // Single numbers show little: a few of them are enough.
            if (after is null || Size(before) <= before.Inputs.Count + before.Weights.Count() && ++single > 4) continue;
            cases++;
            if (Counterexample(before, after, made, extents) is { } wrong) return new(Outcome.Wrong, Smallest(before) ?? wrong, cases);
            if (endless is null && RewritePass.Apply(after, [rule], _ => true, (_, _) => { }) is null) endless = $"it makes\n{Indented(after)}";
        }
        // A verdict follows from the draws, or there is none.
        if (watch.Elapsed >= MostTime) return new(Outcome.Untested, string.Create(CultureInfo.InvariantCulture, $"{cases} graphs were compared in {MostTime.TotalMinutes:0} minutes, {Cases} are asked for"), cases);
        if (cases == 0) return new(Outcome.Untested, refusal);
        if (endless is not null) return new(Outcome.Endless, endless, cases);
        return Costs() is { } slower ? new(Outcome.Slower, slower, cases) : new(Outcome.Right, "", cases);
    }

    /// <summary>The counterexample with the fewest numbers among some small ones; null where none is smaller than the graph that was found.</summary>
    private string? Smallest(Graph found)
    {
        var (best, least) = ((string?)null, Size(found));
        for (var draw = 0; draw < SmallDraws; draw++)
        {
            Seq<long> extents = draw % 2 == 0 ? [2] : [1, 2];
            var made = new PatternDraw(rewrite, random, extents, Scalar.F32);
            if (made.Make() is not { } before || Size(before) >= least || Apply(before, out _) is not { } after || Counterexample(before, after, made, extents) is not { } wrong) continue;
            (best, least) = (wrong, Size(before));
        }
        return best;
    }

    private static long Size(Graph graph) => graph.Inputs.Concat(graph.Weights).Sum(v => v.Type.Count);

    /// <summary>The graph with its last step replaced; null where the rewrite does not apply.</summary>
    private Graph? Apply(Graph graph, out string? why)
    {
        why = null;
        var around = new Surroundings(graph);
        foreach (var node in graph.Nodes) around.Made(node);
        var root = graph.Nodes[^1];
        if (new Matcher(rewrite).Find(root, around) is not { } found) return null;
        try
        {
            var better = Replacement.Of(rewrite, root, around, found);
            IEnumerable<Node> steps = better.Instead.Count > 0 ? root.Results.Zip(better.Instead, (old, value) => new Node(new Ir.Ops.Identity(), [value], [old])) : better.Steps;
            return DeadSteps.Drop(graph with { Nodes = [.. graph.Nodes.SkipLast(1), .. steps] });
        }
        catch (TypeException e)
        {
            why = e.Message;
            return null;
        }
    }

    private string? Counterexample(Graph before, Graph after, PatternDraw made, Seq<long> extents)
    {
        if (Verifier.Check(after) is [var fault, ..]) return $"  {fault}\nin\n{Indented(after)}";
        var fill = new LeafDraw(random, extents, Scalar.F32);
        var exact = !rewrite.IsInexact && !Sums(before) && !Sums(after);
        for (var set = 0; set < 3; set++)
        {
            Tensor[] inputs = [.. before.Inputs.Select(v => Tensor.Of(v.Type.Scalar, [.. v.Type.Shape.Select(e => e.Whole)], (made.Ranges.GetValueOrDefault(v)?.Values ?? fill.Numbers(v.Type, made.Ranges.GetValueOrDefault(v), set == 2 && !rewrite.IsInexact)).AsSpan()))];
            Tensor[] expected;
            try { expected = Interpreter.Run(before, inputs); }
            catch (Exception e) when (e is InvalidOperationException or DiagnosticException or ArithmeticException) { continue; } // no operands of these operators
            string? differs = null;
            try
            {
                foreach (var (want, got) in expected.Zip(Interpreter.Run(after, inputs)))
                    differs ??= Allowed(exact, want.Kind).Beyond(want, got) is { } difference ? difference.Where : null;
            }
            catch (Exception e) when (e is InvalidOperationException or DiagnosticException or ArithmeticException) { differs = e.Message; }
            if (differs is not null) return $"  {differs}\n{string.Concat(before.Inputs.Zip(inputs, (v, x) => $"  {v} : {v.Type} = {Shown(x)}\n"))}in\n{Indented(before)}";
        }
        return null;
    }

    /// <summary>An inexact rewrite may speak of constants to six digits: f64 then agrees no better than f32.</summary>
    private Agreement Allowed(bool exact, Scalar kind) => exact ? new(0) : rewrite.IsInexact && kind == Scalar.F64 ? new(1e-5) : new();

    private static bool Sums(Graph graph) => graph.Nodes.Any(n => Formula.Of(n) is { HasReduce: true } || n.Op is not FormulaOp);

    /// <summary>What the cost model expects of larger cases before and after; null where it is no worse.</summary>
    private string? Costs()
    {
        var (own, before, after, counted) = (new Compilation(machine), 0.0, 0.0, 0);
        for (var draw = 0; draw < 200 && counted < 6; draw++)
        {
            if (new PatternDraw(rewrite, random, [64, 32, 48], Scalar.F32).Make() is not { } graph || Apply(graph, out _) is not { } better) continue;
            // Constants are worked out when compiling, on either side.
            var (left, right) = (Steps(graph, own), Steps(better, own));
            (before, after, counted) = (before + left, after + right, counted + 1);
        }
        return counted > 0 && after > 1.05 * before ? string.Create(CultureInfo.InvariantCulture, $"about {after / before:0.00} times as long by the cost model, over {counted} graphs") : null;
    }

    private static double Steps(Graph graph, Compilation compilation) => new Forecast(graph, compilation.Again(), new HashSet<string>()).Whole;

    private static string Shown(Tensor tensor) => tensor.ToDoubles() is var all && tensor.Shape.Count == 0 ? Real(all[0]) : $"[{string.Join(", ", all.Take(12).Select(Real))}{(all.Length > 12 ? ", …" : "")}]";

    private static string Real(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Indented(Graph graph) => string.Join('\n', IrText.Print(graph).TrimEnd().Split('\n').Select(line => "  " + line));
}
