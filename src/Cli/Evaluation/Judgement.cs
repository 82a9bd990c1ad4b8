namespace Lathe.Cli;

/// <summary>An item judged.</summary>
/// <param name="Value">What it adds to the metric.</param>
/// <param name="Weight">How much it counts: characters of a text; 1 mostly.</param>
/// <param name="Loss">How bad it is: samples are ranked by it.</param>
/// <param name="Said">The decision, in words.</param>
internal sealed record Judgement(int Number, double Value, double Weight, double Loss, string Said, string Right);
