using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>How large a model is and how much it computes, read off its lowered formulas; open dimensions at their least.</summary>
internal sealed class ModelMeasure
{
    private readonly Bounds bounds;

    public ModelMeasure(ImportResult import)
    {
        (Import, bounds) = (import, Bounds.Of(import.Graph));
        Extents = new SortedDictionary<string, long>(import.Graph.Symbols.ToDictionary(s => s.Name, s => Math.Max(1, s.Low)), StringComparer.Ordinal);
        var counted = new HashSet<Value>();
        ByOperator = [.. import.Graph.Nodes.GroupBy(n => n.Op.GetType().Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(group =>
            (group.Key, group.Count(), group.Sum(Work), group.SelectMany(n => n.Reads).Where(v => v.IsWeight && counted.Add(v)).Sum(Bytes)))];
    }

    public ImportResult Import { get; }
    public IReadOnlyDictionary<string, long> Extents { get; }

    /// <summary>Operators as imported; a weight counts where it is first read.</summary>
    public IReadOnlyList<(string Operator, int Count, double Flops, long WeightBytes)> ByOperator { get; }

    public double Flops => ByOperator.Sum(o => o.Flops);
    public long WeightBytes => Import.Graph.Weights.Sum(Bytes);
    public long Parameters => Import.Graph.Weights.Sum(v => v.Type.Count);

    /// <summary>The extents that the work is for, in words; nothing where all are fixed.</summary>
    public string At => Extents.Count == 0 ? "" : $" at {string.Join(", ", Extents.Select(e => $"{e.Key} = {e.Value}"))}";

    /// <summary>Numbers that a run decides count as their bounds, those that nothing bounds as 1.</summary>
    private double Work(Node node)
    {
        var most = bounds.Most(Ir.Work.Flops(node));
        var extents = Extents.Concat(Bounds.Unbounded(most).Select(name => KeyValuePair.Create(name, 1L))).ToDictionary(StringComparer.Ordinal);
        return Dimensions.Evaluate(most, extents);
    }

    private static long Bytes(Value weight) => weight.Planes.Sum(p => p.Length);
}
