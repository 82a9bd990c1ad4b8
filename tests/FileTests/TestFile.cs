using System.Text;

namespace Lathe.FileTests;

/// <summary>
/// A test as one readable file: prose, files to lay out, commands, and what they print.
/// <code>
/// Prose, up to a line that begins with one of the words below.
///
/// file model.onnx
///   the contents, indented by two spaces; of an .onnx file in ONNX's textual syntax
///
/// $ lathe inspect model.onnx
///   what it prints, standard output and standard error as they come
/// exit 1
/// </code>
/// A command that is not <c>lathe …</c> is run by the shell; <c>lathe … | FILTER</c> hands what it prints to a filter of the shell. No line <c>exit</c>: it ends with 0.
/// </summary>
internal sealed class TestFile(string path)
{
    private const string Indent = "  ", File = "file ", Command = "$ ", Exit = "exit ";

    private readonly string[] lines = System.IO.File.ReadAllLines(path);

    /// <summary>Runs the commands in the current folder.</summary>
    /// <returns>The same text with what was really printed.</returns>
    public string Run()
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith(Exit, StringComparison.Ordinal)) continue;
            text.Append(line).Append('\n');
            if (line.StartsWith(File, StringComparison.Ordinal))
            {
                var body = Body(ref i);
                foreach (var part in body) text.Append(part == "" ? "" : Indent).Append(part).Append('\n');
                LayOut(line[File.Length..], body);
            }
            if (!line.StartsWith(Command, StringComparison.Ordinal)) continue;
            Body(ref i);
            var (printed, code) = TestCommand.Run(line[Command.Length..]);
            foreach (var part in printed.Split('\n').SkipLast(printed.EndsWith('\n') || printed == "" ? 1 : 0)) text.Append(part == "" ? "" : Indent).Append(part).Append('\n');
            if (code != 0) text.Append(Exit).Append(code).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The expected text.</summary>
    public string Text => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>The indented lines that follow; blank ones belong to it where an indented one comes after.</summary>
    private List<string> Body(ref int i)
    {
        var body = new List<string>();
        while (i + 1 < lines.Length)
        {
            var blanks = lines.Skip(i + 1).TakeWhile(l => l == "").Count();
            if (i + 1 + blanks >= lines.Length || !lines[i + 1 + blanks].StartsWith(Indent, StringComparison.Ordinal)) break;
            body.AddRange(Enumerable.Repeat("", blanks));
            body.Add(lines[i + 1 + blanks][Indent.Length..]);
            i += 1 + blanks;
        }
        return body;
    }

    private static void LayOut(string name, List<string> body)
    {
        if (Path.GetDirectoryName(name) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var contents = string.Join('\n', body) + "\n";
        if (name.EndsWith(".onnx", StringComparison.Ordinal)) System.IO.File.WriteAllBytes(name, new OnnxSyntax(contents).Model());
        else System.IO.File.WriteAllText(name, contents);
    }
}
