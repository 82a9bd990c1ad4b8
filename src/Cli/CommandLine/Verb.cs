namespace Lathe.Cli;

/// <summary>
/// A verb of the command line: <c>lathe compile …</c> is the record <c>Compile</c>. Its arguments and options are the parameters of its record,
/// each described by an <see cref="ArgumentAttribute"/> or <see cref="OptionAttribute"/>; a parameter that is a record of its own is a group of options
/// which verbs share. To add a verb, add one file in <c>src/Cli/Verbs</c>.
/// </summary>
public abstract record Verb
{
    /// <summary>Options that were given, here or by the pipeline file that is named, as such a file says them.</summary>
    internal Seq<Lathe.Passes.Setting> Given { get; init; }

    /// <exception cref="DiagnosticException">The model or an input is at fault.</exception>
    /// <exception cref="UsageException">The options make no sense together.</exception>
    public abstract ExitCode Execute(Session session);
}

/// <summary>An argument, told by its place.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ArgumentAttribute(string name, string description) : Attribute
{
    /// <summary>As help calls it: <c>MODEL</c>.</summary>
    public string Name => name;
    public string Description => description;
}

/// <summary>An option, told by its name: <c>OutputDir</c> is <c>--output-dir</c>.</summary>
/// <param name="aliases">Shorter names: <c>-o</c>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OptionAttribute(string description, params string[] aliases) : Attribute
{
    public string Description => description;
    public IReadOnlyList<string> Aliases => aliases;

    /// <summary>What help calls its value: <c>DIR</c>; the choices where it is one of a few.</summary>
    public string Value { get; init; } = "";

    /// <summary>What the option is where no value follows it; null: one must.</summary>
    public string? Bare { get; init; }
}

/// <summary>A use of a verb worth showing in its help.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ExampleAttribute(string command, string what) : Attribute
{
    public string Command => command;
    public string What => what;
}

/// <summary>The command line is wrong.</summary>
/// <param name="remedy">What would help; empty where there is nothing to say.</param>
public sealed class UsageException(string message, string remedy = "") : Exception(message)
{
    /// <summary>A text on the command line is wrong in ways that have codes of their own.</summary>
    public UsageException(Seq<Diagnostic> diagnostics) : this(diagnostics[0].Message, diagnostics[0].Remedy) => Diagnostics = diagnostics;

    public Seq<Diagnostic> Diagnostics { get; } = [new("LT0001", message, "", remedy)];
}
