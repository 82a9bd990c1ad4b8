using System.ComponentModel;
using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>What a stream is turned by.</summary>
public enum Rotation
{
    /// <summary>A Hadamard matrix, columns in a random order and, where no mean is taken off, with random signs.</summary>
    Hadamard,
}

/// <summary>
/// Turns what residual blocks add to by an orthogonal matrix, and everything that writes and reads it back: the model computes the same, and numbers that stand out in a few channels
/// are spread over all, so that fewer bits do. Nothing is added to a run. Ashkboos and others, QuaRot (2024); Liu and others, SpinQuant (2024).
/// </summary>
/// <param name="By">The matrix.</param>
/// <param name="Seed">Of its randomness.</param>
[Description("turns the sums that blocks are normalized from, so that no channel stands out; comes before quantize: rotate_stream")]
public sealed record RotateStream(Rotation By = Rotation.Hadamard, int Seed = 1) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;

    // What is turned is dense.
    public override Seq<string> After => ["drop_blocks", "share_blocks", "slice_stream"];
    public override Seq<string> Before => ["quantize", "prune", "factorize"];

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        var points = StreamSum.Points(graph, ActsOn, (sum, why) => compilation.Notes.Add(Name, sum.Name, $"{sum} is not turned: {why}"));
        if (points.Count == 0) throw new DiagnosticException([new("LT3247", $"{Name}: no sum can be turned", "", "what is turned is normalized before it is read (layer_normalization, rms_normalization, or their steps), and nothing else but sums of that kind reads it; the notes say what does")]);
        // One matrix for all of a width: no products between.
        var turned = points.ConvertAll(p => p with { Directions = Hadamard.Of(p.Full, Seed, signs: !p.IsCentred), Share = 1, NormalMean = new double[p.Full], Mean = new double[p.Full] });
        foreach (var point in turned) compilation.Notes.Add(Name, point.Sum.Name, string.Create(CultureInfo.InvariantCulture, $"{point.Sum} is turned in its {point.Full} channels"));
        var result = new Simplify().Run(new(new StreamSlicing(graph, turned).Run()), compilation).MustBeGraph;
        OutputChange.Note(Name, graph, result, compilation);
        // What data showed is of values as they were.
        (compilation.Calibration, compilation.Unseen) = (null, null);
        return result;
    }
}
