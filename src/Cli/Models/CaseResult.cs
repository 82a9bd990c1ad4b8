namespace Lathe.Cli;

/// <summary>How a case ended.</summary>
internal enum Outcome { Passed, Failed, Unsupported }

/// <summary>What became of one case of one model.</summary>
/// <param name="Case">Empty for the case beside the model itself.</param>
/// <param name="Error">The largest error as a share of the expected output's largest magnitude; not a number where nothing was compared.</param>
/// <param name="Detail">Where a failed case differs, or why it did not run.</param>
/// <param name="How">What ran: one artifact for all shapes, or one made for this case's; and what it was compared with.</param>
/// <param name="Operators">Of the model.</param>
internal sealed record CaseResult(string Model, string Case, Outcome Outcome, double Error, string Detail, string How, Seq<string> Operators, Seq<Diagnostic> Diagnostics)
{
    /// <summary>A line for a person.</summary>
    public override string ToString()
    {
        var name = Case == "" ? Model : $"{Model}/{Case}";
        var error = double.IsNaN(Error) ? "" : string.Create(CultureInfo.InvariantCulture, $", largest error {Error:G3} of the largest magnitude");
        return $"{Outcome.ToString().ToLowerInvariant(),-11} {name}: {How}{error}{(Detail == "" ? "" : $"; {Detail}")}\n";
    }
}
