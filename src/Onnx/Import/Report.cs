namespace Lathe.Onnx;

/// <summary>Everything found wrong with one model, so that all of it is said at once.</summary>
internal sealed class Report
{
    private readonly List<Diagnostic> found = [];

    /// <summary>How many errors were noted.</summary>
    public int Errors => found.Count(d => d.Severity == Severity.Error);

    public int Mark => found.Count;

    /// <summary>The errors that were noted since.</summary>
    public Seq<Diagnostic> Since(int mark) => [.. found.Skip(mark).Where(d => d.Severity == Severity.Error)];

    /// <summary>Forgets what was noted since.</summary>
    public void Leave(int mark) => found.RemoveRange(mark, found.Count - mark);

    public Seq<Diagnostic> Warnings => [.. found.Where(d => d.Severity != Severity.Error).Distinct()];

    public void Add(params IEnumerable<Diagnostic> diagnostics) => found.AddRange(diagnostics);

    /// <summary>Runs a step; what it finds wrong is noted and the answer is null.</summary>
    public T? Try<T>(Func<T> step) where T : class
    {
        try { return step(); }
        catch (DiagnosticException e)
        {
            Add(e.Diagnostics);
            return null;
        }
    }

    /// <exception cref="DiagnosticException">There are errors; it carries them and the warnings.</exception>
    public void Conclude()
    {
        if (found.Any(d => d.Severity == Severity.Error)) throw new DiagnosticException([.. found.Distinct()]);
    }
}
