namespace Lathe.Onnx;

/// <summary>Trees as TreeEnsemble reads them: places of nodes that follow a node, or ~ the number of a leaf.</summary>
/// <param name="kind">Of the features and thresholds.</param>
internal sealed class Forest(Scalar kind)
{
    /// <summary>Longest way from a root to a leaf that is followed.</summary>
    private const int MostDeep = 4096;

    private readonly List<(long Feature, double Split, long Mode, bool MissingIsTrue)> nodes = [];
    private readonly List<(long False, long True)> next = [];

    public List<long> Roots { get; } = [];

    /// <summary>Adds a node; what follows it is said later.</summary>
    /// <returns>Its place.</returns>
    public int Add(long feature, double split, long mode, bool missingIsTrue)
    {
        nodes.Add((feature, split, mode, missingIsTrue));
        next.Add((0, 0));
        return nodes.Count - 1;
    }

    public void Follow(int place, long ifFalse, long ifTrue) => next[place] = (ifFalse, ifTrue);

    /// <summary>The scores of each row.</summary>
    /// <param name="weights">[leaves, targets].</param>
    public string Scores(RaiseScope scope, Chain chain, string near, string x, double[] weights, long targets, string aggregate)
    {
        string Column(string name, Scalar of, IEnumerable<double> numbers) => scope.Numbers($"{near}.{name}", of, [nodes.Count], [.. numbers]);
        var leaves = weights.Length / targets;
        var depth = Roots.Select(Depth).DefaultIfEmpty().Max();
        if (next.SelectMany(n => new[] { n.False, n.True }).Concat(Roots).Any(n => ~n >= leaves)) throw new TypeException("a node leads to a leaf that is not there");
        return chain.Add("TreeEnsemble",
        [
            x, Column("features", Scalar.I64, nodes.Select(n => (double)n.Feature)), Column("splits", kind, nodes.Select(n => n.Split)),
            Column("modes", Scalar.U8, nodes.Select(n => (double)n.Mode)), Column("missing", Scalar.Bool, nodes.Select(n => n.MissingIsTrue ? 1.0 : 0)),
            scope.Numbers($"{near}.next", Scalar.I64, [nodes.Count, 2], [.. next.SelectMany(n => new[] { (double)n.False, n.True })]),
            scope.Wholes($"{near}.roots", [.. Roots]), scope.Numbers($"{near}.leaves", kind, [leaves, targets], weights),
        ], ("depth", (long)depth), ("aggregate", aggregate));
    }

    /// <summary>Nodes on the longest way from a place to a leaf.</summary>
    /// <exception cref="TypeException">A way leads back to where it was, or to no node.</exception>
    private int Depth(long root)
    {
        var (depth, level) = (0, new List<long> { root });
        while (level.Exists(n => n >= 0))
        {
            if (++depth > MostDeep || level.Count > nodes.Count + 1) throw new TypeException("nodes of a tree lead back to themselves, or share what follows");
            if (level.Exists(n => n >= nodes.Count)) throw new TypeException("a node of a tree leads to one that is not there");
            level = [.. level.Where(n => n >= 0).SelectMany(n => new[] { next[(int)n].False, next[(int)n].True })];
        }
        return depth;
    }
}
