using Lathe.Ir;

namespace Lathe.Passes.Rules;

/// <summary>A step whose result is known becomes a weight: its contents follow from dimensions, or all its operands are weights.</summary>
/// <param name="MostBytes">Most bytes of a result worked out here. What is larger is left to the program, where compiled code computes it once.</param>
public sealed record FoldConstants(long MostBytes = 1 << 18) : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Regions.Count > 0 || step.Op.Binds.Count > 0 || step.Results.Any(v => !v.Type.IsStatic || v.Type.Encoding is not Dense || v.Type.Scalar is Scalar.String || v.Type.Scalar.IsComplex)) return null;
        if (step.Results.All(v => v.Known is { } known && known.All(e => e is Number)))
            return Improvement.To([.. step.Results.Select(v => Constants.Of(around.Renewed(v, v.Name), v.Type, v.Known!.Value))]);
        if (!step.Reads.All(v => v.IsWeight) || step.Results.Sum(v => v.Type.Encoding.Size(v.Type.Shape)) > MostBytes) return null;
        if (step.Reads.Sum(v => v.Type.Encoding.Size(v.Type.Shape)) > 16 * MostBytes) return null;
        var results = Interpreter.Run(new Graph("fold", [], [step], step.Results), []);
        return Improvement.To([.. step.Results.Zip(results).Select(p => new Value(around.Renewed(p.First, p.First.Name), p.First.Type.Elementwise, [p.Second.Bytes.Slice(0, p.First.Type.Scalar.Bytes(p.First.Type.Count))]))]);
    }
}
