using Antlr4.Runtime;

namespace Lathe.Ir;

/// <summary>What is wrong with a text, each with its line, column and a caret under the place; collected, so that all is said at once.</summary>
/// <param name="text">The whole text.</param>
/// <param name="file">Its name, for messages; empty where it has none.</param>
public sealed class SourceFaults(string text, string file)
{
    /// <summary>Faults after which no more are kept: the rest would mostly follow from those.</summary>
    public const int Most = 50;
    private const int Width = 120;

    private readonly List<Diagnostic> all = [];

    public bool Any => all.Count > 0;

    /// <summary>What is wrong, in the order it was found.</summary>
    public Seq<Diagnostic> All => [.. all];

    public void Add(string code, IToken at, string message, string remedy = "") => Add(code, at.Line, at.Column, message, remedy);

    /// <param name="column">Counted from 0.</param>
    public void Add(string code, int line, int column, string message, string remedy = "")
    {
        if (all.Count < Most) all.Add(new(code, $"{message}\n{Caret(line, column)}", $"{(file == "" ? "" : file + ":")}{line}:{column + 1}", remedy));
    }

    /// <summary>Notes faults of another text that this one names.</summary>
    public void Add(IEnumerable<Diagnostic> others) => all.AddRange(others.Take(Math.Max(0, Most - all.Count)));

    /// <summary>Notes a fault and gives what ends the reading of the statement it is in.</summary>
    public StatementFault At(string code, IToken at, string message, string remedy = "")
    {
        Add(code, at, message, remedy);
        return new();
    }

    /// <summary>A name that is not there, with the nearest that is.</summary>
    public StatementFault Unknown(IToken at, string what, string name, IEnumerable<string> there, string remedy = "") =>
        At("LT3002", at, $"no {what} {name}", Nearest.To(name, there) is { } near ? $"did you mean {near}?" : remedy);

    /// <exception cref="DiagnosticException">Something is wrong.</exception>
    public void Conclude()
    {
        if (Any) throw new DiagnosticException([.. all]);
    }

    /// <summary>Does a piece of the reading; what is wrong with it becomes a fault at a place.</summary>
    /// <returns>Whether it succeeded.</returns>
    public bool Try(IToken at, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (StatementFault) { return false; }
        catch (Exception e) when (e is TypeException or ArgumentException or ArithmeticException or FormatException or InvalidOperationException or IndexOutOfRangeException or NotSupportedException)
        {
            Add("LT3005", at, e.Message);
            return false;
        }
        catch (InsufficientExecutionStackException)
        {
            Add("LT3007", at, "nests too deeply");
            return false;
        }
    }

    private string Caret(int line, int column)
    {
        var start = 0;
        for (var n = 1; n < line; n++) start = text.IndexOf('\n', start) + 1;
        var end = text.IndexOf('\n', start);
        var whole = (end < 0 ? text[start..] : text[start..end]).TrimEnd('\r').Replace('\t', ' ');
        var from = Math.Max(0, Math.Min(column - Width / 2, whole.Length - Width));
        return $"{$"  {whole[from..Math.Min(whole.Length, from + Width)]}".TrimEnd()}\n  {new string(' ', Math.Max(0, column - from))}^";
    }
}

/// <summary>Ends the reading of one statement; its fault is noted.</summary>
public sealed class StatementFault : Exception;
