namespace Lathe.Cli;

/// <summary>How diagnostics are written.</summary>
public enum DiagnosticForm
{
    /// <summary>Lines for a person, as they come.</summary>
    Text,
    /// <summary>One JSON document at the end.</summary>
    Json,
    /// <summary>One SARIF 2.1.0 log at the end, as code hosts and editors read it.</summary>
    Sarif,
    /// <summary>A line each, as they come, in the form that MSBuild and editors read off the output of tools.</summary>
    Msbuild,
}
