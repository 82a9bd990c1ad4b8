namespace Lathe.Onnx;

/// <summary>
/// Branches whose results have different numbers of axes while data decide which runs: the model is compiled for the one side that what follows can be
/// made of. Which that is shows when the model is read with either.
/// </summary>
/// <param name="chosen">For each such node, by where it is, the side and why it is not the other.</param>
internal sealed class Sides(IReadOnlyDictionary<string, (bool Then, string Why)> chosen)
{
    public static Sides None => new(new Dictionary<string, (bool, string)>(StringComparer.Ordinal));

    /// <summary>The first such branch of which nothing is chosen yet, and why its sides are not one result.</summary>
    public (string Where, string Why)? Open { get; private set; }

    /// <summary>The side of a branch; null where it is not chosen yet: what follows is then passed over.</summary>
    public (bool Then, string Why)? Of(string where, string why)
    {
        if (chosen.TryGetValue(where, out var side)) return side;
        Open ??= (where, why);
        return null;
    }

    public Sides With(string where, bool then, string why) => new(new Dictionary<string, (bool, string)>(chosen, StringComparer.Ordinal) { [where] = (then, why) });

    /// <summary>Chooses a side of a branch by what reading the model with either finds.</summary>
    /// <param name="faults">Reads the model: errors, none where it can be made, and how often what is made contradicts the file's own notes.</param>
    /// <exception cref="DiagnosticException">Both or neither can be made: LT2011.</exception>
    public Sides Decided((string Where, string Why) open, Func<Sides, (Seq<Diagnostic> Errors, int Contradictions)> faults)
    {
        var (then, other) = (faults(With(open.Where, true, open.Why)), faults(With(open.Where, false, open.Why)));
        if ((then.Errors.Count == 0) != (other.Errors.Count == 0)) return Chosen(then.Errors.Count == 0, (then.Errors.Count == 0 ? other : then).Errors[0].Message);
        if (then.Errors.Count > 0) throw new DiagnosticException(Faults.NoSide(open.Where, $"{open.Why}, and of neither can what follows be made: {then.Errors[0].Message}; {other.Errors[0].Message}"));
        if (then.Contradictions != other.Contradictions) return Chosen(then.Contradictions < other.Contradictions, "it contradicts the shapes that the file declares");
        throw new DiagnosticException(Faults.NoSide(open.Where, $"{open.Why}, and of either can what follows be made"));

        Sides Chosen(bool side, string why) => With(open.Where, side, $"{open.Why}; with the other side, {why}");
    }
}

/// <summary>The model cannot be read further before a side of a branch is chosen.</summary>
internal sealed class OpenSideException((string Where, string Why) open) : Exception(open.Why)
{
    public (string Where, string Why) Open => open;
}
