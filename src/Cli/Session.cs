namespace Lathe.Cli;

/// <summary>One run of the tool as a verb sees it: where it writes, what it reports, whether somebody watches, when to stop.</summary>
/// <param name="output">For results.</param>
/// <param name="error">For diagnostics and progress.</param>
/// <param name="isTerminal">Whether a person watches <paramref name="error"/>: then long work shows how far it is.</param>
public sealed class Session(TextWriter output, TextWriter error, bool isTerminal = false, CancellationToken cancellation = default)
{
    private readonly Lock writing = new();
    private readonly List<Diagnostic> reported = [];
    private bool progressShown;

    public TextWriter Output => output;
    public CancellationToken Cancellation => cancellation;

    /// <summary>Where whole compiles are kept; null: each is done.</summary>
    public Codegen.Llvm.ObjectCache? Compiles { get; init; }

    /// <summary>How diagnostics are written; set once the command line is read.</summary>
    public DiagnosticForm Form { get; set; }

    /// <summary>Everything reported so far.</summary>
    public IReadOnlyList<Diagnostic> Reported => reported;

    /// <summary>Tells the user of a problem; those of other forms than text are written together, at the end.</summary>
    public void Report(Diagnostic diagnostic)
    {
        lock (writing)
        {
            reported.Add(diagnostic);
            ClearProgress();
            if (Form == DiagnosticForm.Text) error.WriteLine(diagnostic);
            if (Form == DiagnosticForm.Msbuild) error.WriteLine(DiagnosticLine.Print(diagnostic));
        }
    }

    /// <summary>Says what is being done, on one line of the terminal that the next call replaces; silent in a pipe.</summary>
    public void Progress(string text)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!isTerminal || Form != DiagnosticForm.Text) return;
        lock (writing)
        {
            error.Write($"\r\e[K{(text.Length > 78 ? text[..78] : text)}");
            progressShown = true;
        }
    }

    /// <summary>Ends the run: the progress line goes, collected diagnostics are written.</summary>
    public void Finish()
    {
        ClearProgress();
        if (Form == DiagnosticForm.Json) error.Write(DiagnosticJson.Print(reported));
        if (Form == DiagnosticForm.Sarif) error.Write(DiagnosticSarif.Print(reported));
        output.Flush();
        error.Flush();
    }

    private void ClearProgress()
    {
        if (!progressShown) return;
        error.Write("\r\e[K");
        progressShown = false;
    }
}
