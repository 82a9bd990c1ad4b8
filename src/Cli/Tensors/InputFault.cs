namespace Lathe.Cli;

/// <summary>What can be wrong with the inputs of a run, beside their shapes: LT52xx.</summary>
internal static class InputFault
{
    public static DiagnosticException Unknown(string name, IReadOnlyList<string> known) =>
        new(new Diagnostic("LT5202", $"the model has no input '{name}'", name, Spelling.Nearest(name, known) is { } nearest ? $"the nearest is {nearest}" : $"its inputs are {string.Join(", ", known)}"));

    public static Diagnostic Missing(Value input) =>
        new("LT5203", $"no file is given for this input of {input.Type}", input.Name, $"--input {input.Name}=FILE; without any --input all inputs are random");

    public static DiagnosticException Twice(string name) => new(new Diagnostic("LT5204", "two files are given for this input", name));

    public static DiagnosticException NameNeeded(string path, IReadOnlyList<string> known) =>
        new(new Diagnostic("LT5205", $"{Path.GetFileName(path)} could be any of {known.Count} inputs", "", $"--input NAME=FILE; the inputs are {string.Join(", ", known)}"));

    public static DiagnosticException Format(string path, IEnumerable<string> known) =>
        new(new Diagnostic("LT5206", $"a tensor cannot be read from {Path.GetFileName(path)}: its ending is '{Path.GetExtension(path)}'", "", $"known endings are {string.Join(", ", known)}"));

    public static DiagnosticException NoFile(string path) => new(new Diagnostic("LT5207", $"there is no file {path}"));

    public static DiagnosticException Image(string name, string message, string remedy) => new(new Diagnostic("LT5208", message, name, remedy));

    public static DiagnosticException Size(string name, string message) => new(new Diagnostic("LT5209", message, name));

    public static DiagnosticException NotInArchive(string name, string path, IEnumerable<string> held) =>
        new(new Diagnostic("LT5210", $"{Path.GetFileName(path)} holds no array '{name}'", name, $"it holds {string.Join(", ", held)}"));

    public static DiagnosticException UnknownOutput(string name, IReadOnlyList<string> known) =>
        new(new Diagnostic("LT5211", $"the model has no output '{name}'", name, Spelling.Nearest(name, known) is { } nearest ? $"the nearest is {nearest}" : $"its outputs are {string.Join(", ", known)}"));
}
