using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// What is kept has the largest magnitude times norm of what it is multiplied by, each row of blocks for itself. Sun and others, A Simple and Effective Pruning
/// Approach for Large Language Models (2024).
/// </summary>
internal sealed class WandaPruning : Pruning
{
    public override float[] Prune(PruneLayer layer, Sparse format, Prune options)
    {
        var (scores, importance) = (new float[layer.Numbers.Length], layer.Importance());
        for (var i = 0; i < scores.Length; i++) scores[i] = Math.Abs(layer.Numbers[i]) * MathF.Sqrt(importance[i]);
        if (format.Pattern is BlockPattern block) Level(scores, layer, block, format.Keep);
        return layer.Kept(format.Mask(scores, layer.Shape));
    }

    /// <summary>Divides the scores of each row of blocks by that of the first block to be dropped: compared over the whole weight, each row then keeps its share.</summary>
    private static void Level(float[] scores, PruneLayer layer, BlockPattern block, double keep)
    {
        var (matrix, run) = (layer.Matrix, layer.Run);
        var across = (run + block.Inputs - 1) / block.Inputs;
        for (var first = 0; first < matrix.Rows; first += block.Outputs)
        {
            var norms = new double[matrix.Columns / run * across];
            var rows = Enumerable.Range(first, Math.Min(block.Outputs, matrix.Rows - first)).ToArray();
            foreach (var r in rows) for (var c = 0; c < matrix.Columns; c++) norms[c / run * across + c % run / block.Inputs] += Math.Pow(scores[matrix.Row[r] + matrix.Column[c]], 2);
            var limit = Math.Sqrt(norms.OrderDescending().ElementAt(Math.Min(norms.Length - 1, (int)Math.Round(keep * norms.Length))));
            if (limit > 0) foreach (var r in rows) for (var c = 0; c < matrix.Columns; c++) scores[matrix.Row[r] + matrix.Column[c]] /= (float)limit;
        }
    }
}
