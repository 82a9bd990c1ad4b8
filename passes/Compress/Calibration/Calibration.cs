namespace Lathe.Passes;

/// <summary>What a run over data showed of the values of a graph as it enters <see cref="Stage.Compress"/>.</summary>
/// <param name="Model">SHA-256 of the model's file.</param>
/// <param name="Data">What was run, in words.</param>
/// <param name="Items">How many items.</param>
/// <param name="Values">By the value's name.</param>
/// <param name="Grams">By <see cref="Unfolding.Key"/>; none where nothing asked for them.</param>
public sealed record Calibration(string Model, string Data, int Items, IReadOnlyDictionary<string, ValueStatistics> Values, IReadOnlyDictionary<string, Gram> Grams)
{
    /// <summary>Of one value; null where none were gathered: it is not f32, lies in a branch or loop, or never ran.</summary>
    public ValueStatistics? Of(string value) => Values.GetValueOrDefault(value);
}
