using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Drops channels, heads and neurons: of each family of units those that its readers miss least, with all that only they are made of or made for. Weights stay dense and get smaller.</summary>
internal sealed class StructuredPruning(Prune options, Func<Node, bool> actsOn, Compilation compilation)
{
    /// <summary>Units of a family that stay in any case: an axis of one place is none.</summary>
    private const int Fewest = 2;

    /// <summary>Columns up to which a choice is made in several rounds, each knowing what those before dropped.</summary>
    private const int Many = 1024, Rounds = 6;

    /// <summary>Units that lie in the same axes, and those of them that are dropped.</summary>
    private sealed record Choice(IReadOnlyList<StructuralUnit> Family, IReadOnlyList<StructuralUnit> Gone);

    private readonly Dictionary<Value, float[]> numbers = [];

    private bool Solves => options.Method == PruneMethod.Obs || options.Refine == PruneRefinement.Reconstruct;

    public Graph Run(Graph graph)
    {
        var coupling = new Coupling(graph);
        var chosen = StructuralUnit.Families(graph, coupling).Where(IsAsked).Select(family => new Choice(family, Choose(family))).Where(c => c.Gone.Count > 0).ToList();
        Whole(graph, coupling);
        Narrowed(graph, coupling, chosen);
        if (chosen.Count == 0) return graph;
        var (changed, readers) = Replaced(graph, [.. chosen.SelectMany(c => c.Gone)]);
        // The same places in the graph whose weights have taken over.
        var anew = new Coupling(changed);
        var named = changed.Weights.DistinctBy(w => w.Name).ToDictionary(w => w.Name);
        var gone = chosen.SelectMany(c => c.Gone).Select(u => anew.Class(named[u.Makers[0].Places.Value.Name], u.Makers[0].Places.Axis, u.Makers[0].Places.At[0])!.Value).ToHashSet();
        var result = new Narrowing(changed, anew, gone).Run();
        Report(graph, result, chosen, readers);
        result = new Simplify().Run(new(result), compilation).MustBeGraph;
        OutputChange.Note(options.Name, graph, result, compilation);
        // What data showed is of values that are smaller now.
        (compilation.Calibration, compilation.Unseen) = (null, null);
        return result;
    }

    private bool IsAsked(IReadOnlyList<StructuralUnit> family)
    {
        var unit = family[0];
        if (unit.Kind != options.Pattern.Units && !(options.Pattern.Units == UnitKind.Channels && unit.Kind == UnitKind.Neurons)) return false;
        var nodes = unit.Makers.Concat(unit.Readers).Select(p => p.Use.Node).Distinct().ToList();
        if (!nodes.Exists(n => actsOn(n))) return false;
        if (nodes.Find(n => !actsOn(n)) is { } other) return Left(unit, $"%{other.Result.Name} has them too and is not selected");
        if (family.Count < 2 * Fewest) return Left(unit, $"there are {family.Count}, too few to drop any");
        return Dropped(family) > 0 || Left(unit, $"{RecordText.Show(options.Sparsity)} of {family.Count} is less than one");
    }

    /// <summary>Notes why what a selected weight makes cannot be dropped, where nothing of it can.</summary>
    private void Whole(Graph graph, Coupling coupling)
    {
        var known = StructuralUnit.Families(graph, coupling).SelectMany(f => f[0].Makers).Select(m => m.Use.Weight).ToHashSet();
        foreach (var use in graph.Nodes.Where(actsOn).SelectMany(WeightUse.Of).Where(u => u.Kind == WeightKind.Product && !known.Contains(u.Weight)))
            compilation.Notes.Add(options.Name, use.Node.Result.Name, $"{use.Weight} makes nothing that can be dropped: {coupling.Why(use.Weight, use.Output) ?? "no weight sums over it"}");
    }

    private bool Left(StructuralUnit unit, string why)
    {
        compilation.Notes.Add(options.Name, unit.Name, $"all {RecordText.Show(unit.Kind)} stay: {why}");
        return false;
    }

    private int Dropped(IReadOnlyList<StructuralUnit> family) => Math.Min(family.Count - Fewest, (int)Math.Round(family.Count * options.Sparsity, MidpointRounding.AwayFromZero));

    /// <summary>Families whose steps cannot be made narrower are left out, and that is noted, until the rest can.</summary>
    private void Narrowed(Graph graph, Coupling coupling, List<Choice> chosen)
    {
        while (chosen.Count > 0)
            try
            {
                new Narrowing(graph, coupling, chosen.SelectMany(c => c.Gone).Select(u => u.Class).ToHashSet()).Run();
                return;
            }
            catch (NarrowingException e)
            {
                var around = e.Node.Reads.Concat(e.Node.Results).ToHashSet();
                var through = chosen.Where(c => c.Gone[0].Places.Any(p => around.Contains(p.Value))).ToList();
                // Far from where units lie: the family that leads there is found by leaving others out.
                if (through.Count == 0) through = [.. chosen.Where(c => !IsNarrow(graph, coupling, [c]))];
                if (through.Count == 0) through = [chosen[^1]];
                foreach (var family in through)
                {
                    Left(family.Gone[0], $"{e.Node.Op.Name} of %{e.Node.Result.Name} does not compute the same over fewer of them");
                    chosen.Remove(family);
                }
            }
    }

    private static bool IsNarrow(Graph graph, Coupling coupling, List<Choice> chosen)
    {
        try
        {
            new Narrowing(graph, coupling, chosen.SelectMany(c => c.Gone).Select(u => u.Class).ToHashSet()).Run();
            return true;
        }
        catch (NarrowingException) { return false; }
    }

    /// <summary>Units of a family to drop.</summary>
    private List<StructuralUnit> Choose(IReadOnlyList<StructuralUnit> family)
    {
        var readers = family[0].Readers.Select(r => r.Use).Distinct().Select(use => (Use: use, Reader: new UnitReader(use, Numbers(use.Weight, use.Node), compilation.Calibration, options.Damping))).ToList();
        foreach (var (use, reader) in readers)
            if (options.NeedsGrams && !reader.Layer.IsCalibrated)
                compilation.Notes.Add(options.Name, use.Node.Result.Name, $"calibration does not show what {use.Weight} is multiplied by: numbers count as if it were of one size");
        var sets = readers.ConvertAll(r => family.Select(u => u.Readers.Where(p => p.Use == r.Use).SelectMany(p => r.Reader.Columns(p.Places)).Distinct().Order().ToArray()).ToList());
        var (gone, wanted) = (new HashSet<int>(), Dropped(family));
        var rounds = options.Method == PruneMethod.Obs && readers.TrueForAll(r => r.Reader.Layer.Matrix.Columns <= Many) ? Rounds : 1;
        for (var round = 1; round <= rounds; round++)
        {
            var scores = new double[family.Count];
            foreach (var (i, (_, reader)) in readers.Index())
            {
                var parts = options.Method switch
                {
                    PruneMethod.Obs => reader.Losses(sets[i], gone.SelectMany(u => sets[i][u]).ToHashSet()),
                    var method => reader.Parts(sets[i], weighted: method == PruneMethod.Wanda),
                };
                for (var u = 0; u < scores.Length; u++) scores[u] += parts[u];
            }
            if (options.Method == PruneMethod.Magnitude) Made(family, scores);
            foreach (var u in Enumerable.Range(0, family.Count).Where(u => !gone.Contains(u)).OrderBy(u => scores[u]).Take(wanted * round / rounds - gone.Count).ToList()) gone.Add(u);
        }
        return [.. gone.Order().Select(u => family[u])];
    }

    /// <summary>Magnitude counts what makes a unit as much as what reads it.</summary>
    private void Made(IReadOnlyList<StructuralUnit> family, double[] scores)
    {
        foreach (var (i, maker) in family[0].Makers.Index())
        {
            var (all, shape) = (Numbers(maker.Use.Weight, maker.Use.Node), maker.Use.Weight.Type.Shape);
            var (stride, extent) = (shape.Skip(maker.Places.Axis + 1).Aggregate(1L, (size, e) => size * e.Whole), shape[maker.Places.Axis].Whole);
            var slices = new double[extent];
            for (var n = 0; n < all.Length; n++) slices[n / stride % extent] += (double)all[n] * all[n];
            var whole = Math.Max(double.Epsilon, slices.Sum());
            for (var u = 0; u < family.Count; u++) foreach (var place in family[u].Makers[i].Places.At) scores[u] += slices[place] / whole;
        }
    }

    /// <summary>What became of a weight that read units.</summary>
    private sealed record Read(float[] Numbers, double[] Shift, double Error, double? Unseen);

    /// <summary>The graph, as wide as it was, in which weights that read what goes hold 0 there, and the rest has taken over.</summary>
    private (Graph, Dictionary<Value, Read>) Replaced(Graph graph, IReadOnlyList<StructuralUnit> gone)
    {
        var (now, shifts, done) = (new Dictionary<Value, Value>(), new Dictionary<Node, double[]>(ReferenceEqualityComparer.Instance), new Dictionary<Value, Read>());
        foreach (var group in gone.SelectMany(u => u.Readers).GroupBy(r => r.Use.Weight))
        {
            var use = group.First().Use;
            var reader = new UnitReader(use, Numbers(use.Weight, use.Node), compilation.Calibration, options.Damping);
            var columns = group.Where(r => r.Use == use).SelectMany(r => reader.Columns(r.Places)).ToHashSet();
            // Two steps that share a weight see other columns: neither may decide for the other.
            var shared = group.Any(r => r.Use != use);
            if (shared && Solves) compilation.Notes.Add(options.Name, use.Node.Result.Name, $"{use.Weight} is read by several steps and keeps its numbers: what is best for one is not for the other");
            var (numbers, shift, error) = reader.Without(columns, Solves && !shared);
            done[use.Weight] = new(numbers, shift, error, compilation.Unseen is null ? null : new UnitReader(use, Numbers(use.Weight, use.Node), compilation.Unseen, options.Damping).Error(numbers, shift));
            now[use.Weight] = new(use.Weight.Name, use.Weight.Type, [Bytes.Of<float>(numbers)]);
            if (reader.IsCentred && Solves && !shared) shifts[use.Node] = shift;
        }
        var (names, build) = (new Surroundings(graph), new GraphBuilder(graph.Name, graph.Inputs));
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var node in graph.Nodes)
        {
            var step = node.Map(v => now.GetValueOrDefault(v, v));
            if (!shifts.TryGetValue(node, out var shift))
            {
                build.Add(step);
                continue;
            }
            var (made, use) = (new Value(names.Fresh(node.Result.Name + ".unshifted"), node.Result.Type), WeightUse.Of(node).First(u => now.ContainsKey(u.Weight)));
            var (read, formula) = (WeightMatrix.Read(use)!, Formula.Of(node)!);
            var along = formula.Axes.Index().First(a => a.Item == read.At[WeightMatrix.Axes(use, read, summed: false)[0]]).Index;
            Seq<Expr> shape = [shift.Length, .. Enumerable.Repeat((Expr)1, node.Result.Type.Rank - 1 - along)];
            build.Add(step with { Results = [made] });
            build.Add(new Node(new Ir.Ops.Add(), [made, Constants.Of(names.Fresh(node.Result.Name + ".shift"), new(shape, Scalar.F32), shift)], node.Results));
        }
        return (build.Return(graph.Outputs), done);
    }

    private void Report(Graph before, Graph after, IReadOnlyList<Choice> chosen, Dictionary<Value, Read> readers)
    {
        foreach (var (family, gone) in chosen)
            compilation.Notes.Add(options.Name, family[0].Name, $"{family.Count - gone.Count} of {family.Count} {RecordText.Show(family[0].Kind)} stay, through {string.Join(", ", family[0].Makers.Concat(family[0].Readers).Select(p => p.Use.Weight).Distinct().OrderBy(w => w.Name, StringComparer.Ordinal))}");
        var now = after.Weights.DistinctBy(w => w.Name).ToDictionary(w => w.Name, StringComparer.Ordinal);
        foreach (var use in before.Nodes.SelectMany(WeightUse.Of).DistinctBy(u => u.Weight))
        {
            if (!now.TryGetValue(use.Weight.Name, out var value) || value.Type == use.Weight.Type) continue;
            var (was, read) = (use.Weight.Planes[0].ToArray<float>(), readers.GetValueOrDefault(use.Weight));
            var method = $"{RecordText.Show(options.Method)} of {options.Pattern}{(Solves ? ", reconstructed" : "")}";
            var importance = use.Kind == WeightKind.Product ? new PruneLayer(use, was, compilation.Calibration).Importance() : [];
            compilation.Losses.Add(LayerLoss.Measure(use, value, method, was, read?.Numbers ?? was, importance) with { OutputError = read?.Error, UnseenError = read?.Unseen });
        }
    }

    private float[] Numbers(Value weight, Node node)
    {
        if (numbers.TryGetValue(weight, out var known)) return known;
        var all = weight.Planes[0].ToArray<float>();
        if (Array.FindIndex(all, n => !float.IsFinite(n)) is >= 0 and var bad) throw Prune.NotFinite(weight, all, bad, node);
        return numbers[weight] = all;
    }
}
