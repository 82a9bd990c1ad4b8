namespace Lathe.Passes;

/// <summary>What storing a state in few bits did.</summary>
/// <param name="Input">The state as a run takes it, as the model names it.</param>
/// <param name="Output">The state as a run leaves it.</param>
/// <param name="Format">How its numbers are stored.</param>
/// <param name="Grows">Whether a run adds places to it; bytes are then those of one place, else of all. Of one sequence where the batch is open.</param>
public sealed record StateLoss(string Input, string Output, string Format, bool Grows, long BytesBefore, long BytesAfter)
{
    /// <summary>E|x - x̂|² over E|x|² of what a run adds, on the data calibrated on; null where none was run.</summary>
    public double? Error { get; init; }

    /// <summary>The same on data that nothing was chosen by.</summary>
    public double? UnseenError { get; init; }
}
