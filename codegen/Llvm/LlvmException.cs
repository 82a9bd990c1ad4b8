using System.Globalization;

namespace Lathe.Codegen.Llvm;

/// <summary>LLVM refused what the compiler made: always a bug of ours. Carries the line it stumbled over.</summary>
public sealed class LlvmException : Exception
{
    /// <summary>The module, as named to the assembler.</summary>
    public string Module { get; }

    /// <summary>What LLVM said.</summary>
    public string Reason { get; }

    /// <summary>The offending line counted from 1, or 0 where LLVM names none.</summary>
    public int Line { get; }

    /// <summary>That line's text, or nothing.</summary>
    public string Text { get; }

    public LlvmException(string module, string reason, int line = 0, string text = "")
        : base($"{module}{(line > 0 ? ":" + line : "")}: {reason}{(text.Length > 0 ? "\n  " + text.Trim() : "")}") =>
        (Module, Reason, Line, Text) = (module, reason, line, text);

    /// <summary>Reads LLVM's <c>name:line:column: error: reason</c> against the text it was said of.</summary>
    public static LlvmException OfSource(string module, string message, string source)
    {
        var head = message.Split('\n', 2)[0];
        var fields = head.StartsWith(module + ":", StringComparison.Ordinal) ? head[(module.Length + 1)..].Split(':', 4) : [];
        if (fields.Length < 4 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var line)) return new(module, message.Trim());
        return new(module, fields[3].Trim(), line, source.Split('\n').ElementAtOrDefault(line - 1) ?? "");
    }
}
