using Lathe.Passes.Checking;

namespace Lathe.Cli;

/// <summary>One output of a case under judgement.</summary>
/// <param name="Number">Which of the model's outputs.</param>
internal sealed record WitnessedOutput(int Number, Tensor Saved, Tensor Found, Comparison Comparison);

/// <summary>
/// Judges a result that is not the saved one: a saved output is itself rounded, and where a step before the end is steep, or the last one coarse, by more
/// than the tolerance. What the model gives in f64 says which of the two is nearer, and how far the interpreter's f32 is from it says what rounding does
/// to this model. A result is right that is no further off than the saved one, where rounding explains that one's distance; any other has missed it.
/// </summary>
internal sealed class DoubleWitness(CancellationToken cancellation)
{
    /// <summary>More than this share of the largest magnitude is a fault and no rounding of f32: not worth running the model for.</summary>
    private const double MostRounded = 1e-3;

    /// <summary>What speaks for the result; null where nothing does.</summary>
    public string? Judge(ModelSource source, IReadOnlyList<Tensor> inputs, IReadOnlyList<WitnessedOutput> outputs)
    {
        var doubtful = outputs.Where(o => !o.Comparison.Met).ToList();
        if (source.Module.Graph is not { } graph || doubtful.Exists(o => o.Saved.Kind != Scalar.F32 || !(o.Comparison.Difference.Share <= MostRounded))) return null;
        if (InDouble.Run(graph, inputs, cancellation) is not { } meant) return null;
        var rounded = Interpreter.Run(graph, inputs, cancellation);
        var errors = doubtful.ConvertAll(o => (Saved: Off(meant[o.Number], o.Saved), Found: Off(meant[o.Number], o.Found), Noise: Off(meant[o.Number], rounded[o.Number])));
        return errors.TrueForAll(e => e.Found <= e.Saved && e.Saved <= ReferenceNoise.Times * e.Noise)
            ? string.Create(CultureInfo.InvariantCulture, $"nearer to what the model gives in f64 than the saved output ({errors.Max(e => e.Found):G3} against {errors.Max(e => e.Saved):G3})") : null;
    }

    private static double Off(Tensor meant, Tensor actual) => Difference.Between(meant, new(Scalar.F64, actual.Shape, Bytes.Of<double>(actual.ToDoubles()))).Share;
}
