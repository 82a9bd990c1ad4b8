namespace Lathe.Cli;

/// <summary>A state: <c>state=stateN</c> feeds the input from the output, <c>past_*=present_*</c> every one that is called so.</summary>
public sealed record StateFeed(string Input, string Output)
{
    /// <exception cref="UsageException">It is not INPUT=OUTPUT.</exception>
    public static StateFeed Parse(string text) => text.Split('=') is [{ Length: > 0 } input, { Length: > 0 } output] ? new(input, output) : throw new UsageException($"'{text}' is no state", "write INPUT=OUTPUT");
}
