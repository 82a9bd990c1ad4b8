namespace Lathe.Cli;

/// <summary>A data set and its labels, which a model is judged by.</summary>
public sealed record DataOptions(
    [Option("items: an .npy, .npz[:ARRAY] or IDX array, a .txt with --vocab, a 16-bit .wav with --window; or a folder of images or arrays, of numbered batches, or with a stream.json", Value = "PATH")] string Data,
    ItemOptions Items,
    [Option("a label for each item: .npy, .npz[:ARRAY], IDX, or lines of .txt or .tsv (its last column)", Value = "FILE")] string? Labels = null,
    [Option("names of the classes, one a line", Value = "FILE")] string? Classes = null,
    [Option("the output that is judged; by default the first", Value = "NAME")] string? From = null,
    [Option("only the first N items", Value = "N")] int Limit = 0);
